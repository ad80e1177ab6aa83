package io.lockkeeper.observer.observation;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import org.jboss.logging.Logger;

import io.lockkeeper.messages.Envelope;
import io.lockkeeper.messages.Message;
import io.lockkeeper.messages.RunState;
import io.lockkeeper.observer.alert.Alert;
import io.lockkeeper.observer.alert.AlertDesk;
import io.lockkeeper.observer.ledger.LedgerRun;
import io.lockkeeper.target.SqlFailure;
import io.lockkeeper.target.TargetException;

/**
 * Watches one target with two threads: one polls the ledger and judges, the other looks at sessions and lock waits, so
 * that a long compare blinds nobody. What it knows is in the target; it can be ended and begun anew at any moment.
 */
public final class TargetObservation implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(TargetObservation.class);
    private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(30);

    private final String target;
    private final JudgePorts ports;
    private final SamplePorts sampling;
    private final Announcer announcer;
    private final ObserverSettings settings;
    private final Clock clock;
    private final AlertDesk alerts;
    private final Map<String, RunObservation> observations = new ConcurrentHashMap<>();
    private final Map<String, Boolean> alertsInFlight = new ConcurrentHashMap<>();
    private final Map<String, String> alertsAcknowledged = new ConcurrentHashMap<>();
    private final Semaphore wakeUps = new Semaphore(0);
    private final Runnable whenEnded;
    private final Thread judging;
    private final Thread samples;

    private volatile boolean closed;
    private volatile Optional<String> trouble = Optional.empty();
    private volatile Instant lastRound;
    private Instant routinesAt = Instant.EPOCH;
    private boolean prepared;
    private boolean reaped;
    private boolean standby;

    /** @param whenEnded closes what the ports work with, once no thread uses them any more */
    public TargetObservation(String target, JudgePorts ports, SamplePorts sampling, Announcer announcer,
            ObserverSettings settings, Clock clock, Runnable whenEnded) {
        this.target = target;
        this.ports = ports;
        this.sampling = sampling;
        this.announcer = announcer;
        this.settings = settings;
        this.clock = clock;
        this.lastRound = clock.instant();
        this.alerts = new AlertDesk(ports.alerts());
        this.whenEnded = whenEnded;
        this.judging = new Thread(this::judge, "judge-" + target);
        this.samples = new Thread(this::sample, "sample-" + target);
        judging.setDaemon(true);
        samples.setDaemon(true);
    }

    public void start() {
        judging.start();
        samples.start();
    }

    /** Something happened: look now. */
    public void wake() {
        if (wakeUps.availablePermits() == 0) {
            wakeUps.release();
        }
    }

    /** Alerts that an Alertmanager must hear of. */
    public List<Alert> alerts() {
        return alerts.current(clock.instant());
    }

    /** When the target was last looked at from end to end. */
    public Instant lastRound() {
        return lastRound;
    }

    /** Why the target cannot be observed at the moment. */
    public Optional<String> trouble() {
        return trouble;
    }

    @Override
    public void close() {
        closed = true;
        judging.interrupt();
        samples.interrupt();
        try {
            judging.join(Duration.ofSeconds(20).toMillis());
            samples.join(Duration.ofSeconds(5).toMillis());
            whenEnded.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void judge() {
        Duration backoff = settings.poll();
        while (!closed) {
            Duration pause;
            try {
                pause = round() ? settings.poll() : settings.idlePoll();
                backoff = settings.poll();
                lastRound = clock.instant();
                recovered();
            } catch (SqlFailure | TargetException e) {
                troubled(e);
                pause = backoff;
                backoff = shorter(backoff.multipliedBy(2), LONGEST_BACKOFF);
            } catch (RuntimeException e) {
                LOG.errorf(e, "observation failed, it is tried again target=%s", target);
                pause = backoff;
                backoff = shorter(backoff.multipliedBy(2), LONGEST_BACKOFF);
            }
            pause(pause);
        }
        observations.values().forEach(RunObservation::close);
    }

    /** @return whether there is anything that must be looked at soon again */
    private boolean round() {
        List<LedgerRun> runs = ports.ledger().openRuns();
        if (runs.isEmpty() && !prepared && !ports.store().exists()) {
            return false;
        }
        if (!prepared) {
            ports.store().prepare();
            prepared = true;
        }
        if (!ports.store().claim()) {
            standBy();
            return false;
        }
        standby = false;
        countRoutineCalls();
        alerts.load();
        reap(runs);
        for (LedgerRun run : runs) {
            observations.computeIfAbsent(run.id(),
                    id -> new RunObservation(run, ports, announcer, alerts, settings, clock, this::wake)).tick(run);
        }
        retireEnded(runs);
        announceAlerts();
        return !runs.isEmpty();
    }

    private void countRoutineCalls() {
        Instant now = clock.instant();
        if (routinesAt.plus(settings.routines()).isBefore(now)) {
            ports.store().countRoutineCalls();
            routinesAt = now;
        }
    }

    private void standBy() {
        if (!standby) {
            LOG.infof("another observer works on this target, this one stands by target=%s", target);
            standby = true;
            observations.values().forEach(RunObservation::close);
            observations.clear();
        }
    }

    /** Slots of runs that ended while nobody was there. */
    private void reap(List<LedgerRun> runs) {
        if (reaped) {
            return;
        }
        Set<String> needed = runs.stream().flatMap(run -> run.plan().watch().stream().stream())
                .map(stream -> stream.slot()).collect(Collectors.toSet());
        List<String> ours = ports.slots().ours();
        for (String slot : ports.ledger().slotsOfEndedRuns()) {
            if (ours.contains(slot) && !needed.contains(slot)) {
                LOG.warnf("slot of an ended run was left behind, it is dropped target=%s slot=%s", target, slot);
                ports.slots().drop(slot);
            }
        }
        reaped = true;
    }

    private void retireEnded(List<LedgerRun> runs) {
        Set<String> open = runs.stream().map(LedgerRun::id).collect(Collectors.toSet());
        for (String run : List.copyOf(observations.keySet())) {
            if (!open.contains(run)) {
                observations.remove(run).retire();
            }
        }
        if (runs.isEmpty()) {
            for (ObservationState left : ports.store().unretired()) {
                if (ports.ledger().state(left.run()).map(RunState::terminal).orElse(true)) {
                    left.slot().ifPresent(ports.slots()::drop);
                    ports.store().save(left.retire());
                    alerts.runEnded(left.run(), clock.instant());
                }
            }
        }
    }

    private void announceAlerts() {
        alertsAcknowledged.forEach((event, alert) -> {
            alerts.announced(alert, event);
            alertsAcknowledged.remove(event);
        });
        for (Alert alert : alerts.unannounced()) {
            if (!alert.raisedAnnounced()) {
                announce(alert, alert.raisedEvent(), alert.raised().at(), alert.raised());
            } else {
                alert.resolved().ifPresent(
                        resolved -> announce(alert, alert.resolvedEvent(), resolved.at(), resolved));
            }
        }
    }

    private void announce(Alert alert, String event, Instant at, Message message) {
        if (alertsInFlight.putIfAbsent(event, true) != null) {
            return;
        }
        announcer.announce(new Envelope(event, VerdictDesk.SOURCE, at, Optional.empty(), Optional.empty(), message))
                .whenComplete((done, failure) -> {
                    alertsInFlight.remove(event);
                    if (failure == null) {
                        alertsAcknowledged.put(event, alert.id());
                    } else {
                        LOG.warnf("alert not sent, it will be said again event=%s reason=%s", event,
                                failure.getMessage());
                    }
                });
    }

    private void sample() {
        Instant countersAt = Instant.MIN;
        while (!closed) {
            try {
                boolean counters = !countersAt.plus(settings.counters()).isAfter(clock.instant());
                for (RunObservation observation : observations.values()) {
                    observation.sample(sampling, counters);
                }
                if (counters) {
                    countersAt = clock.instant();
                }
            } catch (SqlFailure | TargetException e) {
                // The judging thread says so; evidence that grows old here is not taken there.
                LOG.debugf("sample failed target=%s reason=%s", target, e.getMessage());
            } catch (RuntimeException e) {
                LOG.errorf(e, "sampling failed, it is tried again target=%s", target);
            }
            try {
                TimeUnit.MILLISECONDS.sleep(settings.sampling().toMillis());
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void pause(Duration pause) {
        try {
            if (wakeUps.tryAcquire(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                wakeUps.drainPermits();
            }
        } catch (InterruptedException e) {
            closed = true;
        }
    }

    private void troubled(RuntimeException failure) {
        String now = failure.getMessage();
        if (trouble.filter(now::equals).isEmpty()) {
            LOG.warnf("target cannot be observed, it is tried again target=%s reason=%s", target, now);
        }
        trouble = Optional.of(now);
    }

    private void recovered() {
        if (trouble.isPresent()) {
            LOG.infof("target is observed again target=%s", target);
            trouble = Optional.empty();
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
