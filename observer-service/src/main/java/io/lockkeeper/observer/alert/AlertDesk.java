package io.lockkeeper.observer.alert;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

import io.lockkeeper.messages.AlertEvent.AlertRaised;
import io.lockkeeper.messages.AlertEvent.AlertResolved;
import io.lockkeeper.messages.Conclusion;
import io.lockkeeper.messages.Copy;
import io.lockkeeper.messages.Evidence;
import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.Expectation;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Severity;
import io.lockkeeper.messages.Verdict.Decision;
import io.lockkeeper.observer.gate.Finding;
import io.lockkeeper.observer.gate.Judgement;
import io.lockkeeper.observer.ledger.LedgerRun;

/**
 * Raises and resolves the alerts of one target. An alert is raised once and resolved once however often its cause is seen;
 * it is resolved only by what failed having passed, never by becoming invisible. Used by the judging thread; only
 * {@link #current} may be asked by others.
 */
public final class AlertDesk {

    /** Alertmanager keeps no memory of its own: a resolution is said for this long. */
    public static final Duration RESOLVED_IS_SAID = Duration.ofMinutes(5);

    private final AlertStore store;
    private final Map<String, Alert> alerts = new ConcurrentHashMap<>();
    private final Map<String, Instant> stuckSince = new LinkedHashMap<>();
    private boolean loaded;

    public AlertDesk(AlertStore store) {
        this.store = store;
    }

    /** Reads what fired before a restart; to be called before anything else. */
    public void load() {
        if (!loaded) {
            store.recent().forEach(alert -> alerts.put(alert.id(), alert));
            loaded = true;
        }
    }

    public void judged(LedgerRun run, Gate gate, Judgement judgement, Instant now) {
        noGo(run, gate, judgement, now);
        inconclusive(run, gate, judgement, now);
    }

    public void streamLost(LedgerRun run, String why, Instant now) {
        Alert known = alerts.get(id(run, "stream", AlertName.STREAM_LOST));
        if (known != null && known.firing()) {
            return;
        }
        raise(new AlertRaised(run.target(), run.release(), run.id(), id(run, "stream", AlertName.STREAM_LOST),
                AlertName.STREAM_LOST.text(), Severity.P2, "The change stream of release " + run.release() + " on "
                        + run.target() + " is lost: " + why,
                "none: the application is not touched by it", List.of(),
                "Evidence that the stream gave counts as unknown; the gates that ask for it stay closed",
                "Abort the release, or resume it without a stream", true, AlertName.STREAM_LOST.runbook(), now));
    }

    public void streamFollowed(LedgerRun run, Instant now) {
        Alert known = alerts.get(id(run, "stream", AlertName.STREAM_LOST));
        if (known != null && known.firing()) {
            resolve(known, "the stream runs again", now);
        }
    }

    /** The run is over: what was said about it is settled. */
    public void runEnded(String run, Instant now) {
        resolveAll(alert -> alert.raised().run().equals(run), "the run is over", now);
    }

    /** The gate is no longer judged: it has passed, or a further attempt replaces it. */
    public void gateLeft(String run, Gate gate, Instant now) {
        resolveAll(
                alert -> alert.raised().run().equals(run) && alert.id().startsWith(run + "/" + gate.wireName() + "/"),
                "gate " + gate.wireName() + " is not waiting any more", now);
        stuckSince.remove(run + "/" + gate.wireName());
    }

    /** Firing ones, and resolved ones that must still be said. */
    public List<Alert> current(Instant now) {
        return alerts.values().stream().filter(alert -> alert.firing()
                || alert.resolvedAt().orElseThrow().plus(RESOLVED_IS_SAID).isAfter(now)).toList();
    }

    public List<Alert> unannounced() {
        return alerts.values().stream().filter(alert -> !alert.raisedAnnounced()
                || !alert.firing() && !alert.resolvedAnnounced()).toList();
    }

    public void announced(String alert, String event) {
        Alert known = alerts.get(alert);
        if (known != null) {
            keep(known.announced(event));
        }
    }

    private void noGo(LedgerRun run, Gate gate, Judgement judgement, Instant now) {
        String id = id(run, gate.wireName(), AlertName.NO_GO);
        Alert known = alerts.get(id);
        boolean firing = known != null && known.firing();
        if (judgement.decision() == Decision.NO_GO) {
            AlertRaised raised = noGo(run, gate, id, judgement, firing ? known.raised().at() : now);
            if (firing) {
                refresh(known, raised);
            } else {
                raise(raised);
            }
        } else if (firing && cleared(known.raised().evidence(), judgement)) {
            resolve(known, "what failed has passed", now);
        }
    }

    private void inconclusive(LedgerRun run, Gate gate, Judgement judgement, Instant now) {
        String id = id(run, gate.wireName(), AlertName.INCONCLUSIVE);
        Alert known = alerts.get(id);
        boolean firing = known != null && known.firing();
        String key = run.id() + "/" + gate.wireName();
        if (!judgement.stuck()) {
            stuckSince.remove(key);
            if (firing) {
                resolve(known, "the evidence can be had again", now);
            }
            return;
        }
        Instant since = stuckSince.computeIfAbsent(key, ignored -> now);
        if (!firing && Duration.between(since, now).compareTo(run.plan().watch().profile().overdue()) >= 0) {
            List<Evidence> missing = open(judgement, Evidence.Status.UNKNOWN);
            raise(new AlertRaised(run.target(), run.release(), run.id(), id, AlertName.INCONCLUSIVE.text(),
                    Severity.P2, "Gate " + gate.wireName() + " of release " + run.release() + " on " + run.target()
                            + " cannot be judged: " + names(missing),
                    "none now: the release stands still before the gate", missing,
                    "The gate stays closed and is judged again every "
                            + run.plan().watch().profile().sampleInterval(),
                    "Make the evidence available, as each item says", true, AlertName.INCONCLUSIVE.runbook(), now));
        }
    }

    private static AlertRaised noGo(LedgerRun run, Gate gate, String id, Judgement judgement, Instant at) {
        List<Evidence> failed = open(judgement, Evidence.Status.FAILED);
        Severity worst = failed.stream().map(Evidence::severity).min(Severity::compareTo).orElse(Severity.P1);
        boolean takenAway = gate == Gate.FINALIZE || gate == Gate.WATCHED;
        return new AlertRaised(run.target(), run.release(), run.id(), id, AlertName.NO_GO.text(), worst,
                "NO_GO at gate " + gate.wireName() + " of release " + run.release() + " on " + run.target() + " ("
                        + Conclusion.BLOCKED.words(List.of(), failed) + "): " + names(failed),
                impact(run, failed), failed,
                alreadyDone(run, gate, failed),
                NextAction.of(gate, failed), !takenAway, AlertName.NO_GO.runbook(), at,
                stated(run, failed).flatMap(known -> known.owner().stream()).distinct().toList());
    }

    private static String alreadyDone(LedgerRun run, Gate gate, List<Evidence> failed) {
        if (run.contracting()) {
            return "Told the executor to halt before its next step";
        }
        boolean rolledBack = failed.stream().anyMatch(item -> item.kind() == EvidenceKind.ROLLOUT);
        return "Kept gate " + gate.wireName() + " closed: the steps behind it have not run"
                + (gate == Gate.FINALIZE && rolledBack
                        ? "; told the executor to lift the quarantine, so that the old version finds its names"
                        : "");
    }

    private static Stream<Expectation> stated(LedgerRun run, List<Evidence> failed) {
        return run.plan().watch().expectations().stream().filter(known -> failed.stream()
                .anyMatch(item -> speaksFor(item, known)));
    }

    private static boolean speaksFor(Evidence item, Expectation stated) {
        EvidenceKind kind = stated instanceof Copy ? EvidenceKind.PARITY : EvidenceKind.INVARIANTS;
        return item.kind() == kind && item.subject().equals(stated.name());
    }

    private static String impact(LedgerRun run, List<Evidence> failed) {
        Set<String> impacts = new LinkedHashSet<>();
        stated(run, failed).forEach(known -> known.impact().ifPresent(impact -> impacts.add(impact
                + known.enforcedBy().map(who -> " (today kept true by " + who + ")").orElse(""))));
        for (Evidence evidence : failed) {
            if (evidence.kind() != EvidenceKind.INVARIANTS) {
                impacts.add(switch (evidence.kind()) {
                    case PARITY -> "readers of the new shape would see other values than readers of the old one";
                    case CALLERS -> "callers of the old shape would fail";
                    case OLD_SESSIONS, ROLLOUT -> "instances of the old version would fail on the new shape";
                    case HEALTH -> "the application waits or fails more than before the release";
                    default -> "the release cannot be proven safe";
                });
            }
        }
        return impacts.isEmpty() ? "not stated by the release" : String.join("; ", impacts);
    }

    private static boolean cleared(List<Evidence> failed, Judgement judgement) {
        return failed.stream().allMatch(before -> judgement.findings().stream()
                .anyMatch(finding -> finding.passed() && finding.evidence().kind() == before.kind()
                        && finding.evidence().subject().equals(before.subject())));
    }

    private static List<Evidence> open(Judgement judgement, Evidence.Status status) {
        return judgement.findings().stream().filter(Finding::decisive).map(Finding::evidence)
                .filter(evidence -> evidence.status() == status).toList();
    }

    private static String names(List<Evidence> evidence) {
        return String.join(", ", evidence.stream().map(Evidence::subject).distinct().toList());
    }

    private void raise(AlertRaised raised) {
        Alert before = alerts.get(raised.alert());
        keep(new Alert(before == null ? 1 : before.generation() + 1, raised, Optional.empty(), false, false));
    }

    /** What failed may change while it fires: people see the latest, the topic has been told once. */
    private void refresh(Alert known, AlertRaised raised) {
        if (!names(known.raised().evidence()).equals(names(raised.evidence()))) {
            keep(known.withRaised(raised));
        }
    }

    private void resolveAll(Predicate<Alert> which, String reason, Instant now) {
        for (Alert alert : new ArrayList<>(alerts.values())) {
            if (alert.firing() && which.test(alert)) {
                resolve(alert, reason, now);
            }
        }
    }

    private void resolve(Alert alert, String reason, Instant now) {
        AlertRaised raised = alert.raised();
        keep(alert.withResolved(new AlertResolved(raised.target(), raised.release(), raised.run(), alert.id(),
                raised.name(), reason, now)));
    }

    private void keep(Alert alert) {
        store.save(alert);
        alerts.put(alert.id(), alert);
    }

    private static String id(LedgerRun run, String about, AlertName name) {
        return run.id() + "/" + about + "/" + name.text();
    }
}
