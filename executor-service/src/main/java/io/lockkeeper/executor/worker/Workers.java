package io.lockkeeper.executor.worker;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import org.jboss.logging.Logger;

import io.lockkeeper.executor.outbox.Relay;
import io.lockkeeper.executor.preflight.Preflight;
import io.lockkeeper.executor.recovery.Adoption;
import io.lockkeeper.target.Session;
import io.lockkeeper.target.SqlFailure;
import io.lockkeeper.target.Target;
import io.lockkeeper.target.TargetException;
import io.lockkeeper.target.TargetRegistry;

/**
 * One worker per target with an open run, one relay per target with something to publish; so many at once as there are
 * places, the others queue for one and hold no connection. A patrol finds runs that another executor left behind, targets
 * that were added to the registry, and those that gave their place away.
 */
public final class Workers implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Workers.class);
    private static final int PATROLS = 4;

    private final TargetRegistry targets;
    private final Adoption adoption;
    private final Adoption.Sessions sessions;
    private final RunLedger ledger;
    private final Preflight preflight;
    private final StepRunner steps;
    private final Relay.Factory relays;
    private final Duration patrolInterval;
    private final Map<String, TargetWorker> workers = new ConcurrentHashMap<>();
    private final Map<String, Relay> publishing = new ConcurrentHashMap<>();
    private final Semaphore places;
    private final Semaphore relayPlaces;
    private final Set<String> atWork = ConcurrentHashMap.newKeySet();
    private final Set<String> patrolled = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> daemon(task, "target"));
    private final ExecutorService patrols = Executors.newFixedThreadPool(PATROLS, task -> daemon(task, "patrol"));
    private final ScheduledExecutorService clock = Executors
            .newSingleThreadScheduledExecutor(task -> daemon(task, "patrol-clock"));
    private volatile boolean started;
    private volatile boolean closed;

    /** @param targetsAtOnce that hold connections */
    public Workers(TargetRegistry targets, Adoption adoption, Adoption.Sessions sessions, RunLedger ledger,
            Preflight preflight, StepRunner steps, Relay.Factory relays, Duration patrolInterval, int targetsAtOnce) {
        this.targets = targets;
        this.adoption = adoption;
        this.sessions = sessions;
        this.ledger = ledger;
        this.preflight = preflight;
        this.steps = steps;
        this.relays = relays;
        this.patrolInterval = patrolInterval;
        // Fair: who has waited longest comes first. Apart from each other, because a broker that is away stops relays only.
        this.places = new Semaphore(targetsAtOnce, true);
        this.relayPlaces = new Semaphore(targetsAtOnce, true);
    }

    public void start() {
        started = true;
        clock.scheduleWithFixedDelay(this::patrolAll, 0, patrolInterval.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Something was written into the target's ledger: a plan, a verdict, a control. Before the start nobody cares. */
    public void wake(String name) {
        if (!started) {
            return;
        }
        TargetWorker worker = workers.get(name);
        if (worker != null) {
            worker.wake();
        }
        Relay relay = publishing.get(name);
        if (relay != null) {
            relay.wake();
        }
        if (worker == null || relay == null) {
            patrol(name);
        }
    }

    private void patrolAll() {
        try {
            targets.names().forEach(this::patrol);
        } catch (RuntimeException e) {
            // An exception would end the schedule for good.
            LOG.errorf(e, "the registry of targets cannot be read; looking again in %s", patrolInterval);
        }
    }

    private void patrol(String name) {
        if (closed || !patrolled.add(name)) {
            return;
        }
        patrols.execute(() -> {
            try {
                targets.find(name).ifPresent(this::look);
            } catch (SqlFailure | TargetException e) {
                LOG.warnf("target not usable now: target=%s reason=%s", name, e.getMessage());
            } finally {
                patrolled.remove(name);
            }
        });
    }

    private void look(Target target) {
        if (workers.containsKey(target.name()) && publishing.containsKey(target.name())) {
            return;
        }
        RunLedger.Glance glance;
        try (Session session = sessions.open(target, "patrol")) {
            glance = ledger.glance(session, target.name());
        }
        if (glance.openRun()) {
            startWorker(target);
        }
        if (glance.unpublished()) {
            startRelay(target);
        }
    }

    private void startWorker(Target target) {
        String name = target.name();
        TargetWorker worker = new TargetWorker(target, adoption, ledger, preflight, steps, () -> startRelay(target),
                places::hasQueuedThreads);
        if (!closed && workers.putIfAbsent(name, worker) == null) {
            threads.execute(() -> {
                try {
                    inPlace(places, () -> {
                        atWork.add(name);
                        startRelay(target);
                        worker.run();
                    });
                } catch (RuntimeException e) {
                    LOG.errorf(e, "worker ended by a defect, the next patrol starts another: target=%s", name);
                } finally {
                    atWork.remove(name);
                    workers.remove(name, worker);
                }
            });
        }
    }

    /** Or wakes the one that there is. */
    private void startRelay(Target target) {
        String name = target.name();
        Relay relay = relays.create(target, () -> atWork.contains(name) && !relayPlaces.hasQueuedThreads());
        Relay running = closed ? relay : publishing.putIfAbsent(name, relay);
        if (running != null) {
            running.wake();
            return;
        }
        threads.execute(() -> {
            try {
                inPlace(relayPlaces, relay);
            } catch (RuntimeException e) {
                LOG.errorf(e, "relay ended by a defect, the next patrol starts another: target=%s", name);
            } finally {
                publishing.remove(name, relay);
            }
        });
    }

    private static void inPlace(Semaphore places, Runnable work) {
        try {
            places.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the service ends
            return;
        }
        try {
            work.run();
        } finally {
            places.release();
        }
    }

    /** Stops after the batch or statement that runs; the runs go on with the next executor. */
    @Override
    public void close() {
        closed = true;
        clock.shutdownNow();
        patrols.shutdownNow();
        workers.values().forEach(TargetWorker::stop);
        publishing.values().forEach(Relay::stop);
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(5, TimeUnit.SECONDS)) {
                LOG.warn("workers still running at shutdown: their backends are ended by the next executor");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, "lockkeeper-" + name);
        thread.setDaemon(true);
        return thread;
    }
}
