package io.lockkeeper.executor.backfill;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;

import org.jboss.logging.Logger;

import io.lockkeeper.executor.step.StepContext;
import io.lockkeeper.executor.throttle.Governor;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.target.Session;
import io.lockkeeper.target.SqlFailure;

/**
 * Looks on, on the step's own thread and with the ledger's session, while workers move data on theirs: whether the run is
 * held, how fast they may go, and how far they are.
 */
final class Supervisor {

    private static final Logger LOG = Logger.getLogger(Supervisor.class);
    private static final Duration SAY = Duration.ofSeconds(1);

    private final StepContext context;
    private final BackfillPolicy policy;
    private final Governor governor;
    private final PassProgress progress = new PassProgress();
    private List<String> slowedBy = List.of();

    /** @param sessions of the workers */
    Supervisor(StepContext context, BackfillPolicy policy, RelationName table, List<Session> sessions) {
        this.context = context;
        this.policy = policy;
        this.governor = new Governor(context.tenure().watch(), table,
                sessions.stream().map(Session::backendPid).toList(), policy.mostNice(), policy.processors(),
                context.hooks(), context.pace());
    }

    /** What the workers add to. */
    PassProgress progress() {
        return progress;
    }

    /** @param worker counts from 0 */
    Turn turn(int worker) {
        return new Turn(policy, context.pace(), progress, governor, worker);
    }

    /**
     * Runs the workers, each on a thread of its own, until all have ended.
     *
     * @param total how much there is, in {@code unit}
     * @return the worst of their ends
     */
    PassEnd run(int workers, IntFunction<Callable<PassEnd>> worker, long total, String unit) {
        ExecutorService threads = Executors.newFixedThreadPool(workers, task -> {
            Thread thread = new Thread(task,
                    "backfill " + context.tenure().target().name() + " " + context.work().step().id());
            thread.setDaemon(true);
            return thread;
        });
        try {
            List<Future<PassEnd>> ends = new ArrayList<>();
            for (int number = 0; number < workers; number++) {
                ends.add(threads.submit(untilItsEnd(number, worker.apply(number))));
            }
            watch(ends, total, unit);
            PassEnd worst = new PassEnd.Done();
            for (Future<PassEnd> end : ends) {
                PassEnd one = result(end);
                if (one.rank() > worst.rank()) {
                    worst = one;
                }
            }
            return worst;
        } finally {
            progress.stop();
            threads.shutdownNow();
        }
    }

    /** Whoever has nothing to do any more leaves its turn to the others. */
    private Callable<PassEnd> untilItsEnd(int number, Callable<PassEnd> worker) {
        return () -> {
            try {
                return worker.call();
            } finally {
                progress.ended(number);
            }
        };
    }

    private void watch(List<Future<PassEnd>> ends, long total, String unit) {
        long start = System.nanoTime();
        long rowsAtStart = progress.rows();
        long lastDone = -1;
        Instant said = context.pace().now();
        while (!ends.stream().allMatch(Future::isDone)) {
            waitFor(ends.stream().filter(end -> !end.isDone()).findFirst().orElseThrow());
            if (!progress.stopped() && !context.ledger().wanted(context.tenure(), context.work())) {
                progress.stop();
            }
            governor.look(progress::atWork);
            if (!governor.speed().reasons().equals(slowedBy)) {
                slowedBy = governor.speed().reasons();
                LOG.infof("data step throttled: target=%s step=%s reasons=%s workers=%d rest=%.1f",
                        context.tenure().target().name(), context.work().step().id(), slowedBy,
                        governor.speed().workers(), governor.speed().rest());
                context.ledger().throttled(context.tenure(), context.work(), slowedBy,
                        governor.speed().workers() == 0);
            }
            if (progress.done() != lastDone && context.pace().now().isAfter(said.plus(SAY))) {
                lastDone = progress.done();
                said = context.pace().now();
                double seconds = (System.nanoTime() - start) / 1e9;
                context.ledger().progressed(context.tenure(), context.work(), lastDone, Math.max(total, lastDone),
                        unit, progress.rows(), (progress.rows() - rowsAtStart) / seconds);
            }
        }
    }

    private void waitFor(Future<PassEnd> end) {
        try {
            end.get(100, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            // Looked at again when all have ended; a failed worker stops the others at once.
            if (e instanceof ExecutionException) {
                progress.stop();
            }
        } catch (InterruptedException e) {
            progress.stop();
            throw interrupted(e);
        }
    }

    private static PassEnd result(Future<PassEnd> end) {
        try {
            return end.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException("a worker of a data step died", e.getCause());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static SqlFailure interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new SqlFailure("57014", "interrupted while data was being moved", e);
    }
}
