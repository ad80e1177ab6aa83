package io.lockkeeper.observer.observation;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.Expectation;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Severity;
import io.lockkeeper.messages.Watch;
import io.lockkeeper.observer.gate.Finding;
import io.lockkeeper.observer.gate.Words;
import io.lockkeeper.observer.health.Counters;
import io.lockkeeper.observer.health.StatementCheck;
import io.lockkeeper.observer.health.StatementTimes;
import io.lockkeeper.observer.invariant.GaugeCheck;
import io.lockkeeper.observer.invariant.GaugeReader;
import io.lockkeeper.observer.invariant.InvariantBaseline;
import io.lockkeeper.observer.invariant.InvariantCheck;
import io.lockkeeper.observer.invariant.ProbeCheck;
import io.lockkeeper.observer.invariant.RowRules;
import io.lockkeeper.observer.observation.ObservationState.Baseline;

/** Takes what the target was like before the first step, once, and keeps it. */
final class Baselines {

    private final JudgePorts ports;
    private final GaugeReader gauges;
    private final Following following;
    private final StatementTimes times;
    private final RowRules rules;
    private final Clock clock;

    Baselines(JudgePorts ports, GaugeReader gauges, Following following, StatementTimes times, RowRules rules,
            Clock clock) {
        this.ports = ports;
        this.gauges = gauges;
        this.following = following;
        this.times = times;
        this.rules = rules;
        this.clock = clock;
    }

    Optional<Counters> counters() {
        return following.state().baseline().map(Baseline::counters);
    }

    Map<String, InvariantBaseline> invariants() {
        return following.state().baseline().map(Baseline::invariants).orElse(Map.of());
    }

    Map<String, BigDecimal> gauges() {
        return following.state().baseline().map(Baseline::gauges).orElse(Map.of());
    }

    Map<String, List<Double>> statements() {
        return following.state().baseline().map(Baseline::statements).orElse(Map.of());
    }

    Finding finding(Watch watch, Gate gate) {
        Finding.Claim claim = new Finding.Claim(EvidenceKind.BASELINE, "target",
                "invariants, gauges and statistics were read before the first step", Severity.P1, "all readable",
                "queries of the release, pg_stat_database, pg_stat_statements");
        List<RelationName> relations = watch.relations().stream().map(Watch.WatchedRelation::relation).toList();
        Baseline taken = following.state().baseline()
                .orElseGet(() -> new Baseline(clock.instant(), ports.server().identity(),
                        ports.health().counters(relations), Map.of(), Map.of(), Map.of()));
        Baseline further = gate == Gate.ARMED ? further(watch, taken) : taken;
        if (!following.state().baseline().equals(Optional.of(further))) {
            following.keep(following.state().withBaseline(further));
        }
        List<String> missing = Stream.of(watch.invariants(), watch.gauges()).flatMap(List::stream)
                .map(Expectation::name).filter(name -> !further.invariants().containsKey(name)
                        && !further.gauges().containsKey(name))
                .toList();
        if (!missing.isEmpty()) {
            return claim.unknown("these invariants and gauges could not be evaluated: " + String.join(", ", missing)
                    + "; check their SQL and the observer's grants");
        }
        List<String> unwell = gate == Gate.ARMED ? ProbeCheck.unwell(watch.probes(), ports.prober()) : List.of();
        if (!unwell.isEmpty()) {
            return claim.unknown("these probes do not pass before the first step: " + String.join(", ", unwell)
                    + "; what the release breaks could not be told from that");
        }
        if (!rules.rejected().isEmpty()) {
            return claim.unknown("these row rules cannot be read: " + rules.rejected());
        }
        Instant until = further.at().plus(watch.profile().baseline());
        long intervals = times.intervalsSince(Instant.MIN);
        if (gate == Gate.ARMED && !watch.profile().baseline().isZero() && ports.health().statements().isPresent()
                && (until.isAfter(clock.instant()) || intervals < StatementCheck.ENOUGH)) {
            return claim.waiting("statements are timed until " + Words.of(until) + ", and in " + StatementCheck.ENOUGH
                    + " intervals at least: " + intervals + " so far");
        }
        long violations = further.invariants().values().stream().mapToLong(known -> known.digests().size()).sum();
        return claim.passed("taken at " + Words.of(further.at()) + ": "
                + Words.count(further.invariants().size(), "invariant") + ", "
                + Words.count(further.gauges().size(), "gauge") + ", " + Words.count(violations, "row")
                + " violated them already; " + Words.count(further.statements().size(), "statement") + " timed",
                Optional.empty());
    }

    /** While the gate is open no step has begun: what could not be evaluated is tried again, and statements go on running. */
    private Baseline further(Watch watch, Baseline taken) {
        Map<String, InvariantBaseline> invariants = new HashMap<>(taken.invariants());
        invariants.putAll(InvariantCheck.baseline(watch.invariants().stream()
                .filter(invariant -> !invariants.containsKey(invariant.name())).toList(), ports.invariants()));
        Map<String, BigDecimal> values = new HashMap<>(taken.gauges());
        values.putAll(GaugeCheck.baseline(watch.gauges().stream()
                .filter(gauge -> !values.containsKey(gauge.name())).toList(), gauges));
        Map<String, List<Double>> timed = new HashMap<>(times.since(Instant.MIN));
        taken.statements().forEach(timed::putIfAbsent);
        return new Baseline(taken.at(), taken.server(), taken.counters(), invariants, values, timed);
    }
}
