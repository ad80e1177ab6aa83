package io.lockkeeper.observer.invariant;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.Gauge;
import io.lockkeeper.messages.Lsn;
import io.lockkeeper.observer.gate.Finding;

/** The release's gauges, within their limits and within what they were before the first step. */
public final class GaugeCheck {

    private GaugeCheck() {}

    /** By name; a gauge that could not be read is absent. */
    public static Map<String, BigDecimal> baseline(List<Gauge> gauges, GaugeReader reader) {
        Map<String, BigDecimal> values = new LinkedHashMap<>();
        for (Gauge gauge : gauges) {
            if (reader.read(gauge) instanceof GaugeReader.Value value) {
                values.put(gauge.name(), value.number());
            }
        }
        return values;
    }

    public static List<Finding> judge(List<Gauge> gauges, Map<String, BigDecimal> baselines, GaugeReader reader,
            Lsn position) {
        List<Finding> findings = new ArrayList<>();
        for (Gauge gauge : gauges) {
            findings.add(judge(gauge, Optional.ofNullable(baselines.get(gauge.name())), reader.read(gauge), position));
        }
        return findings;
    }

    static Finding judge(Gauge gauge, Optional<BigDecimal> baseline, GaugeReader.Reading reading, Lsn position) {
        Finding.Claim claim = new Finding.Claim(EvidenceKind.INVARIANTS, gauge.name(), "the number stays within limits",
                gauge.severity(), limits(gauge.limits()), "query of the release");
        if (reading instanceof GaugeReader.Unreadable unreadable) {
            return claim.unproven().unknown(unreadable.why());
        }
        BigDecimal value = ((GaugeReader.Value) reading).number();
        String measure = plain(value) + baseline.map(before -> "; before the run " + plain(before)).orElse("");
        Gauge.Limits limits = gauge.limits();
        boolean relative = limits.atLeastTimes().isPresent() || limits.atMostTimes().isPresent();
        if (below(value, limits.atLeast()) || above(value, limits.atMost())
                || below(value, times(limits.atLeastTimes(), baseline))
                || above(value, times(limits.atMostTimes(), baseline))) {
            return claim.failed(measure, Optional.of(position));
        }
        return relative && baseline.isEmpty()
                ? claim.unproven().unknown(measure + "; what it was before the run is not known")
                : claim.passed(measure, Optional.of(position));
    }

    private static Optional<BigDecimal> times(Optional<BigDecimal> factor, Optional<BigDecimal> baseline) {
        return factor.flatMap(by -> baseline.map(by::multiply));
    }

    private static boolean below(BigDecimal value, Optional<BigDecimal> least) {
        return least.filter(limit -> value.compareTo(limit) < 0).isPresent();
    }

    private static boolean above(BigDecimal value, Optional<BigDecimal> most) {
        return most.filter(limit -> value.compareTo(limit) > 0).isPresent();
    }

    private static String limits(Gauge.Limits limits) {
        List<String> words = new ArrayList<>();
        limits.atLeast().ifPresent(limit -> words.add("at least " + plain(limit)));
        limits.atMost().ifPresent(limit -> words.add("at most " + plain(limit)));
        limits.atLeastTimes().ifPresent(limit -> words.add("at least " + plain(limit) + " times the baseline"));
        limits.atMostTimes().ifPresent(limit -> words.add("at most " + plain(limit) + " times the baseline"));
        return String.join(", ", words);
    }

    private static String plain(BigDecimal number) {
        return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
    }
}
