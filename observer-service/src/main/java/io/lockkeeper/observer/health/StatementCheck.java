package io.lockkeeper.observer.health;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.EvidenceProfile;
import io.lockkeeper.messages.Severity;
import io.lockkeeper.observer.gate.Finding;
import io.lockkeeper.observer.gate.Words;

/** Do statements and routines take longer than before the first step? Each is held against itself, by name. */
public final class StatementCheck {

    /** Of intervals, each side; fewer tell noise from change too badly. */
    public static final int ENOUGH = 20;

    private static final double ALPHA = 0.01;
    private static final double SUPERIORITY = 0.75;
    private static final double RATIO = 1.5;
    private static final double LEAST_MILLISECONDS = 0.5;
    private static final int SHOWN = 3;

    private static final Finding.Claim CLAIM = new Finding.Claim(EvidenceKind.HEALTH, "statement time",
            "no statement and no routine takes longer than before", Severity.P2,
            "Mann–Whitney p < 0.01 over all statements, superiority 0.75, and median 1.5 times the baseline's",
            "pg_stat_statements, pg_stat_user_functions");

    private StatementCheck() {}

    /** @param baseline by name, mean times in milliseconds before the first step */
    public static Finding judge(EvidenceProfile profile, Map<String, List<Double>> baseline, StatementTimes times,
            Instant begin) {
        if (profile.baseline().isZero()) {
            return CLAIM.withSeverity(Severity.P3).unknown("profile " + profile.name()
                    + " times no statements before the first step: one that became slower is not seen");
        }
        Map<String, List<Double>> known = new TreeMap<>(baseline);
        known.values().removeIf(before -> before.size() < ENOUGH);
        if (known.isEmpty()) {
            return CLAIM.withSeverity(Severity.P3).unknown(
                    "no statement ran in " + ENOUGH + " intervals before the run: there is nothing to compare with");
        }
        if (times.intervalsSince(begin) < ENOUGH) {
            return CLAIM.waiting(times.intervalsSince(begin) + " of " + ENOUGH + " intervals seen");
        }
        Map<String, List<Double>> now = times.since(begin);
        known.keySet().removeIf(name -> now.getOrDefault(name, List.of()).size() < ENOUGH);
        List<String> slower = new ArrayList<>();
        known.forEach(
                (name, before) -> slower(name, before, now.get(name), ALPHA / known.size()).ifPresent(slower::add));
        String compared = Words.count(known.size(), "statement") + " compared";
        return slower.isEmpty()
                ? CLAIM.passed(compared + ", none slower", Optional.empty())
                : CLAIM.failed(compared + ", " + slower.size() + " slower: "
                        + String.join("; ", slower.stream().limit(SHOWN).toList()), Optional.empty());
    }

    private static Optional<String> slower(String name, List<Double> before, List<Double> now, double alpha) {
        MannWhitney test = MannWhitney.compare(before, now);
        double was = median(before);
        double is = median(now);
        boolean slower = test.p() < alpha && test.superiority() >= SUPERIORITY && is >= RATIO * was
                && is - was >= LEAST_MILLISECONDS;
        return slower
                ? Optional.of(String.format(Locale.ROOT,
                        "%s, median %.2f ms, before the run %.2f ms, superiority %.2f, p %.1g", name, is, was,
                        test.superiority(), test.p()))
                : Optional.empty();
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
