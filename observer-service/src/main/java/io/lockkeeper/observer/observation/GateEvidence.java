package io.lockkeeper.observer.observation;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.jboss.logging.Logger;

import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.EvidenceProfile;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Lsn;
import io.lockkeeper.messages.Severity;
import io.lockkeeper.messages.Watch;
import io.lockkeeper.observer.caller.CallerWatch;
import io.lockkeeper.observer.caller.Callers;
import io.lockkeeper.observer.caller.Tripwire;
import io.lockkeeper.observer.gate.Finding;
import io.lockkeeper.observer.gate.Words;
import io.lockkeeper.observer.health.HealthCheck;
import io.lockkeeper.observer.health.HealthHistory;
import io.lockkeeper.observer.health.StatementCheck;
import io.lockkeeper.observer.health.StatementTimes;
import io.lockkeeper.observer.invariant.GaugeCheck;
import io.lockkeeper.observer.invariant.GaugeReader;
import io.lockkeeper.observer.invariant.InvariantCheck;
import io.lockkeeper.observer.invariant.ProbeCheck;
import io.lockkeeper.observer.invariant.RowRuleCheck;
import io.lockkeeper.observer.invariant.RowRules;
import io.lockkeeper.observer.ledger.LedgerGate;
import io.lockkeeper.observer.ledger.LedgerRun;
import io.lockkeeper.observer.observation.ObservationState.Baseline;
import io.lockkeeper.observer.parity.ProofBook;
import io.lockkeeper.observer.session.Rollout;
import io.lockkeeper.observer.session.SoakWatch;
import io.lockkeeper.observer.session.VersionEvent;
import io.lockkeeper.target.SqlFailure;
import io.lockkeeper.target.SqlState;

/** Measures what a gate of one run asks. Used by the judging thread. */
final class GateEvidence {

    private static final Logger LOG = Logger.getLogger(GateEvidence.class);

    private static final Duration CLOCKS_MAY_DIFFER = Duration.ofSeconds(2);

    private final JudgePorts ports;
    private final GaugeReader gauges;
    private final ObserverSettings settings;
    private final Following following;
    private final Baselines baselines;
    private final ProofBook proofs;
    private final RowRules rules;
    private final CallerWatch callers;
    private final Tripwire tripwire;
    private final SoakWatch sessions;
    private final HealthHistory history;
    private final StatementTimes times;
    private final Clock clock;

    private String gateAttempt = "";
    private Optional<Instant> lastViolation = Optional.empty();
    /** Since when everything but parity has passed without a break. */
    private Optional<Instant> restPassedSince = Optional.empty();

    GateEvidence(JudgePorts ports, GaugeReader gauges, ObserverSettings settings, Following following,
            Baselines baselines,
            ProofBook proofs, RowRules rules, CallerWatch callers, Tripwire tripwire, SoakWatch sessions,
            HealthHistory history,
            StatementTimes times, Clock clock) {
        this.ports = ports;
        this.gauges = gauges;
        this.settings = settings;
        this.following = following;
        this.baselines = baselines;
        this.proofs = proofs;
        this.rules = rules;
        this.callers = callers;
        this.tripwire = tripwire;
        this.sessions = sessions;
        this.history = history;
        this.times = times;
        this.clock = clock;
    }

    /** Parity comes last: without a stream, a compare counts only if it began when all the rest had passed. */
    List<Finding> collect(LedgerRun run, LedgerGate gate, Set<EvidenceKind> kinds, Instant now) {
        turnTo(gate);
        List<Finding> findings = new ArrayList<>();
        for (EvidenceKind kind : kinds) {
            if (kind != EvidenceKind.PARITY) {
                findings.addAll(measured(kind, gate, () -> measure(kind, run, gate, now)));
            }
        }
        boolean passed = findings.stream().allMatch(finding -> finding.passed() || !finding.decisive());
        restPassedSince = passed ? Optional.of(restPassedSince.orElse(now)) : Optional.empty();
        if (kinds.contains(EvidenceKind.PARITY)) {
            findings.addAll(measured(EvidenceKind.PARITY, gate, () -> measure(EvidenceKind.PARITY, run, gate, now)));
        }
        if (findings.stream().anyMatch(Finding::violation)) {
            lastViolation = Optional.of(now);
        }
        return findings;
    }

    private void turnTo(LedgerGate gate) {
        String attempt = gate.gate().wireName() + "/" + gate.attempt();
        if (!attempt.equals(gateAttempt)) {
            gateAttempt = attempt;
            lastViolation = Optional.empty();
            restPassedSince = Optional.empty();
        }
    }

    /** What cannot be measured is unknown; a lost connection is not evidence and ends the round. */
    private List<Finding> measured(EvidenceKind kind, LedgerGate gate, Supplier<List<Finding>> measure) {
        try {
            return measure.get();
        } catch (SqlFailure e) {
            if (e.state() == SqlState.CONNECTION_LOST) {
                throw e;
            }
            LOG.warnf("evidence not measured kind=%s gate=%s sqlstate=%s reason=%s", kind, gate.gate().wireName(),
                    e.sqlState(), e.getMessage());
            return List.of(new Finding.Claim(kind, gate.gate().wireName(), "the evidence can be measured", Severity.P1,
                    "no error", "target").unknown("SQLSTATE " + e.sqlState() + ": " + e.getMessage()));
        }
    }

    private List<Finding> measure(EvidenceKind kind, LedgerRun run, LedgerGate gate, Instant now) {
        Watch watch = run.plan().watch();
        EvidenceProfile profile = watch.profile();
        return switch (kind) {
            case OBSERVATION -> List.of(following.finding(run, gate), identity(), clocks());
            case BASELINE -> List.of(baselines.finding(watch, gate.gate()));
            case PARITY -> proofs.judge(run, gate, ports.compare(), ports.copies(), settings.compare(),
                    following.state().mode() == ObservationState.Mode.STREAMING, restPassedSince, now);
            case INVARIANTS -> expectations(run, gate);
            case OLD_SESSIONS -> List.of(sessions.judge(gate.gate(), profile.soak(),
                    Rollout.turnedBack(watch.application(), events(watch)), now));
            case CALLERS -> new Callers(callers, tripwire, ports.callers(), run.plan().policy(), gate.gate(),
                    Rollout.turnedBack(watch.application(), events(watch)))
                    .judge(profile.soak(), now);
            case ROLLOUT -> Rollout.judge(watch.application(), events(watch));
            case HEALTH -> health(run, gate, now);
            case REVERT_WINDOW -> List.of(TimeAndPeople.revertWindow(run, gate, now));
            case APPROVAL -> List.of(TimeAndPeople.approval(run, gate, ports.store(), now));
        };
    }

    private List<VersionEvent> events(Watch watch) {
        return ports.events().of(watch.application().name());
    }

    private List<Finding> expectations(LedgerRun run, LedgerGate gate) {
        Watch watch = run.plan().watch();
        Lsn position = ports.server().position();
        // Who opens a gate once more answers for what the stream could not tell before.
        Instant answered = run.reopenedByAPerson(gate) ? gate.openedAt() : Instant.MIN;
        List<Finding> findings = new ArrayList<>();
        findings.addAll(InvariantCheck.judge(watch.invariants(), baselines.invariants(), ports.invariants(), position));
        findings.addAll(GaugeCheck.judge(watch.gauges(), baselines.gauges(), gauges, position));
        findings.addAll(ProbeCheck.judge(watch.probes(), ports.prober()));
        findings.addAll(
                RowRuleCheck.judge(watch, rules.rejected(), following.stream().map(ChangeStream::rules), ports.keys(),
                        answered));
        return findings.isEmpty() ? List.of(InvariantCheck.none(position)) : findings;
    }

    private Finding identity() {
        Finding.Claim claim = new Finding.Claim(EvidenceKind.OBSERVATION, "server",
                "the server is the one that was armed, and no standby", Severity.P1, "same identifier and timeline",
                "pg_control_system");
        Server.Identity identity = ports.server().identity();
        if (identity.standby()) {
            return claim.unknown("the server is in recovery: point the target's url at the primary");
        }
        String measure = "system " + identity.systemIdentifier() + ", timeline " + identity.timeline();
        Optional<Server.Identity> armed = following.state().baseline().map(Baseline::server);
        if (armed.filter(known -> !known.equals(identity)).isPresent()) {
            return claim.unknown(measure + "; armed on system " + armed.get().systemIdentifier() + ", timeline "
                    + armed.get().timeline());
        }
        return claim.passed(measure, Optional.empty());
    }

    /** Windows and soaks are counted from moments that the ledger holds by the server's clock to now by ours. */
    private Finding clocks() {
        Finding.Claim claim = new Finding.Claim(EvidenceKind.OBSERVATION, "clocks",
                "the observer's clock and the server's agree", Severity.P1, "within " + Words.of(CLOCKS_MAY_DIFFER),
                "clock_timestamp()");
        Instant asked = clock.instant();
        Instant server = ports.server().clock();
        Instant answered = clock.instant();
        Duration apart = server.isBefore(asked) ? Duration.between(server, asked) : Duration.between(answered, server);
        return apart.compareTo(CLOCKS_MAY_DIFFER) <= 0
                ? claim.passed("they agree", Optional.empty())
                : claim.unknown("they are " + apart.toSeconds() + " s apart: set both by the same source of time");
    }

    private List<Finding> health(LedgerRun run, LedgerGate gate, Instant now) {
        EvidenceProfile profile = run.plan().watch().profile();
        Duration window = gate.gate() == Gate.WATCHED ? profile.watch() : settings.health();
        Instant begin = now.minus(window);
        if (begin.isBefore(gate.openedAt())) {
            begin = gate.openedAt();
        }
        List<Finding> findings = new ArrayList<>(new HealthCheck(run.plan().policy().lockBudget(),
                baselines.counters(), history, begin, now).judge(settings.gap()));
        findings.add(StatementCheck.judge(profile, baselines.statements(), times, begin));
        if (gate.gate() == Gate.WATCHED) {
            findings.add(TimeAndPeople.watch(gate, profile.watch(), cleanSince(run, gate), now));
            // The old version is asked for nothing any more; that it serves again is another matter.
            Watch watch = run.plan().watch();
            Rollout.judge(watch.application(), events(watch)).stream().filter(Finding::violation)
                    .forEach(findings::add);
        }
        return findings;
    }

    /** Verdicts that an observer before this one gave count; so does the time in which there was none. */
    private Optional<Instant> cleanSince(LedgerRun run, LedgerGate gate) {
        return Stream.of(lastViolation, ports.store().lastNoGo(run.id(), gate.gate(), gate.attempt()),
                history.unbrokenSince(settings.gap())
                        .filter(from -> from.isAfter(gate.openedAt().plus(settings.gap()))))
                .flatMap(Optional::stream).max(Comparator.naturalOrder());
    }
}
