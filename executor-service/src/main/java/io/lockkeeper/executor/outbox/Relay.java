package io.lockkeeper.executor.outbox;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

import org.jboss.logging.Logger;

import io.lockkeeper.executor.recovery.Adoption;
import io.lockkeeper.target.Session;
import io.lockkeeper.target.SqlFailure;
import io.lockkeeper.target.Target;
import io.lockkeeper.target.TargetException;

/**
 * Publishes a target's outbox in order and marks what the broker has taken. Between sending and marking it may die: then
 * the same event, with the same id, is published again. No transaction is open while the broker is waited for, so a
 * broker that is away for an hour holds nothing up.
 *
 * <p>
 * Order is that of the sequence. Two transactions that run at once may commit in the other order; what depends on each
 * other was written one after the other.
 */
public final class Relay implements Runnable {

    private static final Logger LOG = Logger.getLogger(Relay.class);
    private static final int BATCH = 200;
    private static final Duration IDLE = Duration.ofMillis(250);
    private static final Duration GATHER = Duration.ofMillis(50);
    private static final Duration BROKER = Duration.ofMinutes(5);
    private static final Duration TRIM = Duration.ofMinutes(1);
    /** Events of a run that has ended, for whoever looks into the ledger. */
    private static final Duration KEEP = Duration.ofDays(7);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(10);

    /** Makes relays. {@code needed}: more is to be expected, stay even if there is nothing now. */
    public interface Factory {

        Relay create(Target target, BooleanSupplier needed);
    }

    private final Target target;
    private final BooleanSupplier needed;
    private final Adoption.Sessions sessions;
    private final OutboxLedger outbox;
    private final Publisher publisher;
    private final Semaphore signal = new Semaphore(0);
    private volatile boolean stopped;

    public Relay(Target target, BooleanSupplier needed, Adoption.Sessions sessions, OutboxLedger outbox,
            Publisher publisher) {
        this.target = target;
        this.needed = needed;
        this.sessions = sessions;
        this.outbox = outbox;
        this.publisher = publisher;
    }

    public void wake() {
        signal.release();
    }

    public void stop() {
        stopped = true;
        wake();
    }

    /** Returns when there is nothing to publish and nothing to be expected, or another relay has the target. */
    @Override
    public void run() {
        int failures = 0;
        while (!stopped) {
            try (Session session = sessions.open(target, "relay")) {
                if (!outbox.tryLock(session)) {
                    return;
                }
                // An event whose mark is lost is published again, with the same id.
                session.execute("SET synchronous_commit = off");
                Instant trimmed = Instant.EPOCH;
                while (!stopped) {
                    if (trimmed.isBefore(Instant.now().minus(TRIM))) {
                        outbox.trim(session, KEEP);
                        trimmed = Instant.now();
                    }
                    if (publishSome(session)) {
                        failures = 0;
                        gather();
                    } else if (!needed.getAsBoolean()) {
                        return;
                    } else {
                        await(IDLE);
                    }
                }
            } catch (SqlFailure | TargetException | Unpublished e) {
                if (stopped) {
                    return;
                }
                failures++;
                Duration retry = Duration.ofMillis(Math.min(LONGEST_RETRY.toMillis(), 200L << Math.min(failures, 10)));
                if (failures == 1 || failures % 10 == 0) {
                    LOG.warnf("events wait in the outbox: target=%s retry=%s reason=%s", target.name(), retry,
                            e.getMessage());
                }
                await(retry);
            }
        }
    }

    private boolean publishSome(Session session) {
        List<OutboxEvent> events = outbox.next(session, BATCH);
        if (events.isEmpty()) {
            return false;
        }
        // The first event asks whether the broker is there: one that is away costs one time limit, not one for each. And
        // no event is sent again while an earlier send of it may still arrive: it would be on the topic twice.
        List<CompletableFuture<?>> sent = new ArrayList<>();
        try {
            sent.add(publisher.publish(events.get(0)).toCompletableFuture());
            sent.get(0).get(BROKER.toMillis(), TimeUnit.MILLISECONDS);
            events.stream().skip(1).map(event -> publisher.publish(event).toCompletableFuture()).forEach(sent::add);
            CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new)).get(BROKER.toMillis(),
                    TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            // Those that were taken before the first failure need not be sent again.
            markPrefix(session, events, sent);
            throw new Unpublished("the broker does not take events: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopped = true;
            return false;
        }
        outbox.published(session, events.stream().map(OutboxEvent::sequence).toList());
        return true;
    }

    private void markPrefix(Session session, List<OutboxEvent> events, List<CompletableFuture<?>> sent) {
        int taken = 0;
        while (taken < sent.size() && sent.get(taken).isDone() && !sent.get(taken).isCompletedExceptionally()) {
            taken++;
        }
        if (taken > 0) {
            outbox.published(session, events.subList(0, taken).stream().map(OutboxEvent::sequence).toList());
        }
    }

    /** Events of a busy run go together: each publication costs the target a transaction. */
    private void gather() {
        try {
            TimeUnit.MILLISECONDS.sleep(GATHER.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopped = true;
        }
    }

    private void await(Duration longest) {
        try {
            signal.tryAcquire(longest.toMillis(), TimeUnit.MILLISECONDS);
            signal.drainPermits();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopped = true;
        }
    }

    private static final class Unpublished extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Unpublished(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
