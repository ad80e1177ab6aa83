package io.lockkeeper.observer.observation;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.jboss.logging.Logger;

import io.lockkeeper.messages.Application;
import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.EvidenceProfile;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Lsn;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.SessionSelector;
import io.lockkeeper.messages.Severity;
import io.lockkeeper.messages.Verdict.Decision;
import io.lockkeeper.messages.Watch;
import io.lockkeeper.observer.alert.AlertDesk;
import io.lockkeeper.observer.caller.CallerWatch;
import io.lockkeeper.observer.caller.Callers;
import io.lockkeeper.observer.caller.OldShape;
import io.lockkeeper.observer.gate.Finding;
import io.lockkeeper.observer.gate.GateJudge;
import io.lockkeeper.observer.gate.Judgement;
import io.lockkeeper.observer.health.HealthCheck;
import io.lockkeeper.observer.health.HealthHistory;
import io.lockkeeper.observer.health.StatementCheck;
import io.lockkeeper.observer.health.StatementTimes;
import io.lockkeeper.observer.invariant.InvariantCheck;
import io.lockkeeper.observer.ledger.LedgerGate;
import io.lockkeeper.observer.ledger.LedgerRun;
import io.lockkeeper.observer.observation.ObservationState.Baseline;
import io.lockkeeper.observer.parity.ProofBook;
import io.lockkeeper.observer.session.OldSessions;
import io.lockkeeper.observer.session.Rollout;
import io.lockkeeper.observer.session.SessionCount;
import io.lockkeeper.observer.session.Soak;
import io.lockkeeper.target.SqlFailure;
import io.lockkeeper.target.SqlState;

/**
 * The observation of one run: armed, followed, retired. {@link #tick} belongs to the judging thread, {@link #sample} to the
 * sampling thread.
 */
final class RunObservation {

    private static final Logger LOG = Logger.getLogger(RunObservation.class);
    private static final Duration SOAK_SAVED_EVERY = Duration.ofSeconds(5);
    /** What can turn a gate that has passed: the rest belongs to the moment of passing. */
    private static final Set<EvidenceKind> WATCHED_WHILE_CONTRACTING = EnumSet.of(EvidenceKind.INVARIANTS,
            EvidenceKind.HEALTH, EvidenceKind.OLD_SESSIONS, EvidenceKind.CALLERS);

    private final String run;
    private final JudgePorts ports;
    private final ObserverSettings settings;
    private final Clock clock;
    private final ProofBook proofs;
    private final Following following;
    private final VerdictDesk verdicts;
    private final CallerWatch callers;
    private final AlertDesk alerts;
    private final HealthHistory history;
    private final StatementTimes times = new StatementTimes();
    private final Baselines baselines;

    private final Application application;
    private final List<Watch.WatchedRelation> relations;
    private volatile Optional<Soak> soak;
    private volatile Optional<String> blind = Optional.empty();

    private String gateAttempt = "";
    private Optional<LedgerGate> lastOpen = Optional.empty();
    private int passes;
    private Instant judgedAt = Instant.MIN;
    private Instant callersAt = Instant.MIN;
    private Instant soakSavedAt = Instant.MIN;
    private Optional<Instant> lastViolation = Optional.empty();
    private boolean compareUnderWay;
    /** The stream has found a row that differs: the gate is judged at once. */
    private volatile boolean contradicted;

    RunObservation(LedgerRun run, JudgePorts ports, Announcer announcer, AlertDesk alerts, ObserverSettings settings,
            Clock clock, Runnable wake) {
        this.run = run.id();
        this.ports = ports;
        this.settings = settings;
        this.clock = clock;
        this.alerts = alerts;
        this.proofs = new ProofBook(ports.compares(), System::nanoTime, () -> {
            contradicted = true;
            wake.run();
        });
        ObservationState state = ports.store().load(run.id()).orElseGet(() -> ObservationState.fresh(run.id()));
        this.following = new Following(ports, proofs, settings, state);
        this.history = new HealthHistory(settings.counters());
        this.baselines = new Baselines(ports, following, times, clock);
        this.verdicts = new VerdictDesk(ports.ledger(), ports.store(), announcer, settings.resend());
        this.callers = new CallerWatch(new OldShape(run.plan().watch().retired(), ports.grammar()),
                ports.store().loadCallers(run.id()));
        this.soak = state.soak();
        this.application = run.plan().watch().application();
        this.relations = run.plan().watch().relations();
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
        lookForCallers(run, now);
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
            history.add(sampling.health().counters(relationNames()));
            sampling.health().statements().ifPresent(executed -> times.add(now, executed));
        }
        Optional<SessionSelector> selector = application.oldSessions();
        if (selector.isEmpty()) {
            return;
        }
        SessionCount.Seen seen = sampling.sessions().count(selector.get());
        if (seen instanceof SessionCount.Sessions sessions) {
            blind = Optional.empty();
            soak = Optional.of(soak.orElseGet(() -> Soak.begin(now)).look(sessions.count(), now, settings.gap()));
        } else if (seen instanceof SessionCount.Unseen unseen) {
            blind = Optional.of(unseen.why());
        }
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
            lastViolation = Optional.empty();
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
        List<Finding> findings = collect(run, gate, kinds, now);
        Judgement judgement = GateJudge.judge(gate.gate(), profile, findings, passes);
        passes = judgement.passes();
        judgedAt = now;
        compareUnderWay = findings.stream()
                .anyMatch(finding -> finding.evidence().kind() == EvidenceKind.PARITY && finding.waiting());
        if (judgement.decision() == Decision.NO_GO) {
            lastViolation = Optional.of(now);
        }
        verdicts.judged(run, gate, judgement, following.observed(run, gate).orElse(new Lsn(0)), clock.instant());
        alerts.judged(run, gate.gate(), judgement, now);
    }

    /** A gate that has passed can still turn: the executor halts before its next step. */
    private void watchWhileContracting(LedgerRun run, LedgerGate gate, Instant now) {
        EvidenceProfile profile = run.plan().watch().profile();
        if (judgedAt.plus(profile.sampleInterval()).isAfter(now)) {
            return;
        }
        Set<EvidenceKind> kinds = GateJudge.required(gate.gate(), profile);
        kinds.retainAll(WATCHED_WHILE_CONTRACTING);
        Judgement judgement = GateJudge.judge(gate.gate(), profile, collect(run, gate, kinds, now), 0);
        judgedAt = now;
        if (judgement.decision() == Decision.NO_GO) {
            verdicts.judged(run, gate, judgement, following.observed(run, gate).orElse(new Lsn(0)), clock.instant());
        }
        alerts.judged(run, gate.gate(), judgement, now);
    }

    private List<Finding> collect(LedgerRun run, LedgerGate gate, Set<EvidenceKind> kinds, Instant now) {
        List<Finding> findings = new ArrayList<>();
        for (EvidenceKind kind : kinds) {
            findings.addAll(measured(kind, gate, () -> measure(kind, run, gate, now)));
        }
        return findings;
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
            case OBSERVATION -> observation(run, gate);
            case BASELINE -> List.of(baselines.finding(watch, gate.gate()));
            case PARITY -> proofs.judge(run, gate, ports.compare(), settings.compare());
            case INVARIANTS -> InvariantCheck.judge(watch.invariants(), baselines.invariants(), ports.invariants(),
                    ports.server().position());
            case OLD_SESSIONS -> List.of(OldSessions.judge(watch.application(), gate.gate(), profile.soak(), soak,
                    blind, now, settings.gap()));
            case CALLERS -> new Callers(callers, ports.callers(), run.plan().policy(), gate.gate())
                    .judge(profile.soak(), now);
            case ROLLOUT -> Rollout.judge(watch.application(), ports.events().of(watch.application().name()));
            case HEALTH -> health(run, gate, now);
            case REVERT_WINDOW -> List.of(TimeAndPeople.revertWindow(run, gate, now));
            case APPROVAL -> List.of(TimeAndPeople.approval(run, gate, ports.store(), now));
        };
    }

    private List<Finding> observation(LedgerRun run, LedgerGate gate) {
        return List.of(following.finding(run, gate), identity());
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

    private List<Finding> health(LedgerRun run, LedgerGate gate, Instant now) {
        EvidenceProfile profile = run.plan().watch().profile();
        Duration window = gate.gate() == Gate.WATCHED ? profile.watch() : settings.health();
        Instant begin = now.minus(window);
        if (begin.isBefore(gate.openedAt())) {
            begin = gate.openedAt();
        }
        List<Finding> findings = new ArrayList<>(new HealthCheck(run.plan().policy().lockBudget(),
                baselines.counters(), history, begin, now).judge(settings.gap()));
        findings.add(StatementCheck.judge(baselines.statements(), times, begin));
        if (gate.gate() == Gate.WATCHED) {
            findings.add(TimeAndPeople.watch(gate, profile.watch(), cleanSince(run, gate), now));
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

    private void lookForCallers(LedgerRun run, Instant now) {
        if (!callersAt.plus(run.plan().watch().profile().sampleInterval()).isAfter(now)) {
            callersAt = now;
            if (callers.look(ports.callers(), now)) {
                ports.store().saveCallers(this.run, callers.soak().orElseThrow());
            }
        }
    }

    private void saveSoak(Instant now) {
        Optional<Soak> latest = soak;
        if (latest.isPresent() && !soakSavedAt.plus(SOAK_SAVED_EVERY).isAfter(now)) {
            ports.store().saveSoak(run, latest.get());
            soakSavedAt = now;
        }
    }

    private List<RelationName> relationNames() {
        return relations.stream().map(Watch.WatchedRelation::relation).toList();
    }
}
