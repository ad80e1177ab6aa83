package io.lockkeeper.executor.lock;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;

import io.lockkeeper.messages.OutcomeEvent.LockWaited.Blocker;
import io.lockkeeper.messages.OutcomeEvent.LockWaited.Victim;
import io.lockkeeper.target.Session;

/**
 * Samples, while a statement that makes the application wait is in flight, who blocks us and who waits behind us. The
 * samples are {@value #INTERVAL_MILLIS} ms apart; a statement that is over before the first one costs nothing.
 */
public final class Watcher {

    private static final int INTERVAL_MILLIS = 20;

    private final Lookout lookout;

    public Watcher(Lookout lookout) {
        this.lookout = lookout;
    }

    /**
     * What was seen.
     *
     * @param blockers in the order in which they were first seen
     * @param victims  each with the longest time between its first and last sample, one interval added
     */
    public record Seen(List<Blocker> blockers, List<Victim> victims, Duration took) {

        public Seen {
            blockers = List.copyOf(blockers);
            victims = List.copyOf(victims);
        }

        public static final Seen NOTHING = new Seen(List.of(), List.of(), Duration.ZERO);

        public Duration longestVictim() {
            return victims.stream().map(Victim::waited).max(Duration::compareTo).orElse(Duration.ZERO);
        }
    }

    /**
     * Waits for {@code statement}, which {@code session} runs; does not throw what it fails with.
     *
     * @param limit after so long the session is asked to cancel: bounds wait and hold together, which no timeout of the
     *              server does, because those count per statement
     */
    public Seen watch(Session session, Future<RowSet<Row>> statement, Duration limit) {
        CompletableFuture<RowSet<Row>> done = statement.toCompletionStage().toCompletableFuture();
        long start = System.nanoTime();
        Map<Integer, Blocker> blockers = new LinkedHashMap<>();
        Map<Integer, Waiting> waiters = new LinkedHashMap<>();
        boolean cancelled = false;
        while (!over(done)) {
            lookout.blockersOf(session.backendPid()).forEach(blocker -> blockers.putIfAbsent(blocker.pid(), blocker));
            long now = System.nanoTime();
            lookout.waitersBehind(session.backendPid()).forEach(waiter -> waiters.merge(waiter.pid(),
                    new Waiting(waiter.application(), now, now), (old, seen) -> old.until(now)));
            if (!cancelled && now - start > limit.toNanos()) {
                session.cancel();
                cancelled = true;
            }
        }
        List<Victim> victims = new ArrayList<>();
        waiters.forEach((pid, waiting) -> victims.add(new Victim(pid, waiting.application, waiting.lasted())));
        return new Seen(List.copyOf(blockers.values()), victims, Duration.ofNanos(System.nanoTime() - start));
    }

    private static boolean over(CompletableFuture<?> done) {
        try {
            done.get(INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            return true; // whoever awaits the statement hears why
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private record Waiting(String application, long first, long last) {

        Waiting until(long now) {
            return new Waiting(application, first, now);
        }

        Duration lasted() {
            return Duration.ofNanos(last - first).plusMillis(INTERVAL_MILLIS);
        }
    }
}
