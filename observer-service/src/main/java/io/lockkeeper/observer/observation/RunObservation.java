package io.lockkeeper.observer.observation;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.EvidenceProfile;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Gauge;
import io.lockkeeper.messages.Lsn;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Verdict.Decision;
import io.lockkeeper.messages.Watch;
import io.lockkeeper.observer.alert.AlertDesk;
import io.lockkeeper.observer.caller.CallerWatch;
import io.lockkeeper.observer.caller.OldShape;
import io.lockkeeper.observer.caller.Tripwire;
import io.lockkeeper.observer.gate.Finding;
import io.lockkeeper.observer.gate.GateJudge;
import io.lockkeeper.observer.gate.Judgement;
import io.lockkeeper.observer.health.HealthHistory;
import io.lockkeeper.observer.health.StatementCheck;
import io.lockkeeper.observer.health.StatementTimes;
import io.lockkeeper.observer.invariant.GaugeReader;
import io.lockkeeper.observer.invariant.LogWatch;
import io.lockkeeper.observer.invariant.RowRules;
import io.lockkeeper.observer.ledger.LedgerGate;
import io.lockkeeper.observer.ledger.LedgerRun;
import io.lockkeeper.observer.parity.ProofBook;
import io.lockkeeper.observer.session.Soak;
import io.lockkeeper.observer.session.SoakWatch;

/**
 * The observation of one run: armed, followed, retired. {@link #tick} belongs to the judging thread, {@link #sample} to the
 * sampling thread.
 */
final class RunObservation {

    private static final Duration SOAK_SAVED_EVERY = Duration.ofSeconds(5);
    /** Half as many again as are needed: the statistics of all statements are the largest that is read. */
    private static final int TIMED_INTERVALS = StatementCheck.ENOUGH * 3 / 2;
    /** What can turn a gate that has passed: the rest belongs to the moment of passing. */
    private static final Set<EvidenceKind> WATCHED_WHILE_CONTRACTING = EnumSet.of(EvidenceKind.INVARIANTS,
            EvidenceKind.HEALTH, EvidenceKind.OLD_SESSIONS, EvidenceKind.CALLERS, EvidenceKind.ROLLOUT);

    private final String run;
    private final JudgePorts ports;
    private final ObserverSettings settings;
    private final Clock clock;
    private final ProofBook proofs;
    private final Following following;
    private final VerdictDesk verdicts;
    private final CallerWatch callers;
    private final Tripwire tripwire;
    private final LogWatch logged;
    private final AlertDesk alerts;
    private final HealthHistory history;
    private final StatementTimes times = new StatementTimes();
    private final Duration baseline;
    private final SoakWatch sessions;
    private final GateEvidence evidence;
    private final List<RelationName> relations;

    private String gateAttempt = "";
    private Optional<LedgerGate> lastOpen = Optional.empty();
    private int passes;
    private Instant judgedAt = Instant.MIN;
    private Instant lookedAt = Instant.MIN;
    private Instant soakSavedAt = Instant.MIN;
    private Instant timedAt = Instant.MIN;
    private boolean compareUnderWay;
    /** The stream has found a row that differs, or violates a rule: the gate is judged at once. */
    private volatile boolean contradicted;

    RunObservation(LedgerRun run, JudgePorts ports, Announcer announcer, AlertDesk alerts, ObserverSettings settings,
            Clock clock, Runnable wake) {
        Watch watch = run.plan().watch();
        this.run = run.id();
        this.ports = ports;
        this.settings = settings;
        this.baseline = watch.profile().baseline();
        this.clock = clock;
        this.alerts = alerts;
        Runnable atOnce = () -> {
            contradicted = true;
            wake.run();
        };
        OldShape shape = new OldShape(watch.retired(), watch.retiredRoutines(), ports.grammar());
        this.proofs = new ProofBook(ports.compares(), ports.keys(), System::nanoTime, atOnce,
                copy -> shape.namedByStatement(copy.source()) || shape.namedByStatement(copy.target()));
        RowRules rules = new RowRules(watch.rowRules(), ports.rules(), clock, atOnce);
        ObservationState state = ports.store().load(run.id()).orElseGet(() -> ObservationState.fresh(run.id()));
        this.following = new Following(ports, proofs, rules, settings, state);
        this.history = new HealthHistory(settings.counters());
        this.verdicts = new VerdictDesk(ports.ledger(), ports.store(), announcer, settings.resend());
        this.callers = new CallerWatch(shape, ports.store().loadCallers(run.id()));
        this.tripwire = new Tripwire(shape, ports.store().loadTripwire(run.id()));
        this.sessions = new SoakWatch(watch.application(), state.soak(), settings.gap());
        this.logged = new LogWatch(watch.gauges(), settings.health(), ports.store().loadLog(run.id()));
        GaugeReader gauges = gauge -> gauge.language() == Gauge.Language.LOG
                ? logged.read(gauge)
                : ports.gauges().read(gauge);
        this.evidence = new GateEvidence(ports, gauges, settings, following,
                new Baselines(ports, gauges, following, times, rules, clock),
                proofs, rules, callers, tripwire, sessions, history, times, clock);
        this.relations = watch.relations().stream().map(Watch.WatchedRelation::relation).toList();
    }

    void tick(LedgerRun run) {
        Instant now = clock.instant();
        if (run.retiring()) {
            retire();
            return;
        }
        if (following.state().retired()) {
            return;
        }
        following.supervise(run, now);
        if (following.state().mode() == ObservationState.Mode.LOST) {
            alerts.streamLost(run, following.state().lost().orElse("no reason known"), now);
        } else {
            alerts.streamFollowed(run, now);
        }
        saveSoak(now);
        lookAround(run, now);
        Optional<LedgerGate> open = run.openGate();
        leaveGate(run, open, now);
        proofs.leave(run, open);
        if (open.isPresent()) {
            turnTo(open.get());
            judgeOpen(run, open.get(), now);
            verdicts.repeat(run, open.get(), now);
        } else if (run.contracting()) {
            run.lastPassed().ifPresent(gate -> watchWhileContracting(run, gate, now));
        }
    }

    /** One look at sessions and lock waits. */
    void sample(SamplePorts sampling, boolean counters) {
        Instant now = clock.instant();
        history.add(sampling.health().victims());
        if (counters) {
            history.add(sampling.health().counters(relations));
        }
        if (counters && !baseline.isZero() && !timedAt.plus(baseline.dividedBy(TIMED_INTERVALS)).isAfter(now)) {
            sampling.health().statements().ifPresent(executed -> times.add(now, executed));
            timedAt = now;
        }
        sessions.look(sampling.sessions(), now);
    }

    void retire() {
        if (!following.state().retired()) {
            following.retire(run);
            alerts.runEnded(run, clock.instant());
        }
    }

    void close() {
        following.close();
    }

    private void leaveGate(LedgerRun run, Optional<LedgerGate> open, Instant now) {
        if (lastOpen.isPresent() && open.filter(gate -> gate.gate() == lastOpen.get().gate()
                && gate.attempt() == lastOpen.get().attempt()).isEmpty() && !run.contracting()) {
            alerts.gateLeft(run.id(), lastOpen.get().gate(), now);
        }
        lastOpen = open;
    }

    private void turnTo(LedgerGate gate) {
        String attempt = gate.gate().wireName() + "/" + gate.attempt();
        if (!attempt.equals(gateAttempt)) {
            gateAttempt = attempt;
            passes = 0;
            judgedAt = Instant.MIN;
            compareUnderWay = false;
        }
    }

    private void judgeOpen(LedgerRun run, LedgerGate gate, Instant now) {
        EvidenceProfile profile = run.plan().watch().profile();
        Duration interval = compareUnderWay ? settings.poll() : profile.sampleInterval();
        if (!contradicted && judgedAt.plus(interval).isAfter(now)) {
            return;
        }
        contradicted = false;
        Set<EvidenceKind> kinds = GateJudge.required(gate.gate(), profile);
        if (gate.gate() == Gate.ARMED) {
            // Later gates are held against it, whether or not the profile asks for it here.
            kinds.add(EvidenceKind.BASELINE);
        }
        List<Finding> findings = evidence.collect(run, gate, kinds, now);
        Judgement judgement = GateJudge.judge(gate.gate(), profile, findings, passes);
        passes = judgement.passes();
        judgedAt = now;
        compareUnderWay = findings.stream()
                .anyMatch(finding -> finding.evidence().kind() == EvidenceKind.PARITY && finding.waiting());
        say(run, gate, judgement, now);
    }

    /** A gate that has passed can still turn: the executor halts before its next step. */
    private void watchWhileContracting(LedgerRun run, LedgerGate gate, Instant now) {
        EvidenceProfile profile = run.plan().watch().profile();
        if (judgedAt.plus(profile.sampleInterval()).isAfter(now)) {
            return;
        }
        Set<EvidenceKind> kinds = GateJudge.required(gate.gate(), profile);
        kinds.retainAll(WATCHED_WHILE_CONTRACTING);
        Judgement judgement = GateJudge.judge(gate.gate(), profile, evidence.collect(run, gate, kinds, now), 0);
        judgedAt = now;
        if (judgement.decision() == Decision.NO_GO) {
            say(run, gate, judgement, now);
        } else {
            alerts.judged(run, gate.gate(), judgement, now);
        }
    }

    private void say(LedgerRun run, LedgerGate gate, Judgement judgement, Instant now) {
        verdicts.judged(run, gate, judgement, following.observed(run, gate, judgement.findings()).orElse(new Lsn(0)),
                clock.instant());
        alerts.judged(run, gate.gate(), judgement, now);
    }

    private void lookAround(LedgerRun run, Instant now) {
        if (!lookedAt.plus(run.plan().watch().profile().sampleInterval()).isAfter(now)) {
            lookedAt = now;
            if (callers.look(ports.callers(), now)) {
                ports.store().saveCallers(this.run, callers.soak().orElseThrow());
            }
            if (tripwire.look(ports.wants(), now)) {
                ports.store().saveTripwire(this.run, tripwire.state().orElseThrow());
            }
            if (logged.look(ports.log(), now)) {
                ports.store().saveLog(this.run, logged.state().orElseThrow());
            }
        }
    }

    private void saveSoak(Instant now) {
        Optional<Soak> latest = sessions.soak();
        if (latest.isPresent() && !soakSavedAt.plus(SOAK_SAVED_EVERY).isAfter(now)) {
            ports.store().saveSoak(run, latest.get());
            soakSavedAt = now;
        }
    }
}
