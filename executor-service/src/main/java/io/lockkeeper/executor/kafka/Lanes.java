package io.lockkeeper.executor.kafka;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;

import io.smallrye.reactive.messaging.kafka.IncomingKafkaRecord;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jboss.logging.Logger;

import io.lockkeeper.executor.pace.SystemPace;
import io.lockkeeper.messages.CloudEvents;
import io.lockkeeper.messages.Envelope;
import io.lockkeeper.service.EventRecords;
import io.lockkeeper.service.EventRecords.ContractViolation;
import io.lockkeeper.target.SqlFailure;
import io.lockkeeper.target.TargetException;

/**
 * Takes messages off the messaging thread: one lane per target, in order. A target that cannot be reached holds its own
 * lane only; its records stay unacknowledged until their work is durable.
 */
@ApplicationScoped
class Lanes {

    private static final Logger LOG = Logger.getLogger(Lanes.class);
    private static final long LONGEST_RETRY_MILLIS = 15_000;

    private final Map<String, CompletableFuture<Void>> tails = new ConcurrentHashMap<>();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "lockkeeper-lane");
        thread.setDaemon(true);
        return thread;
    });
    private volatile boolean closed;

    /** What is done with an event. */
    interface Work {

        /** @throws DeadLetter if no retry will ever help */
        void handle(Envelope envelope);
    }

    /** The event is well-formed but nobody here can ever act on it; it can be replayed once that has changed. */
    static final class DeadLetter extends RuntimeException {

        private static final long serialVersionUID = 1L;

        DeadLetter(String reason) {
            super(reason);
        }
    }

    @SuppressWarnings("unchecked")
    void hand(Message<byte[]> message, Work work) {
        var kafkaRecord = (IncomingKafkaRecord<String, byte[]>) message.unwrap(IncomingKafkaRecord.class);
        CloudEvents.Read read = EventRecords.read(kafkaRecord);
        if (read instanceof CloudEvents.Rejected rejected) {
            LOG.errorf("record broke the contract: topic=%s offset=%d reason=%s", kafkaRecord.getTopic(),
                    kafkaRecord.getOffset(), rejected.reason());
            message.nack(new ContractViolation(rejected.reason()));
            return;
        }
        Envelope envelope = ((CloudEvents.Accepted) read).envelope();
        tails.compute(envelope.message().target(),
                (target, tail) -> Optional.ofNullable(tail).orElseGet(() -> CompletableFuture.completedFuture(null))
                        .thenRunAsync(() -> untilDone(message, envelope, work), threads));
    }

    /** Never throws: the next message of the lane comes after it. */
    private void untilDone(Message<byte[]> message, Envelope envelope, Work work) {
        var pace = new SystemPace();
        for (int failures = 0; !closed; failures++) {
            try {
                work.handle(envelope);
                message.ack();
                return;
            } catch (SqlFailure | TargetException e) {
                if (e instanceof SqlFailure failure && !mayPass(failure)) {
                    deadLetter(message, envelope, failure.getMessage() + " (SQLSTATE " + failure.sqlState() + ")", e);
                    return;
                }
                if (failures % 10 == 0) {
                    LOG.warnf("event waits for its target: type=%s id=%s target=%s reason=%s", envelope.type(),
                            envelope.id(), envelope.message().target(), e.getMessage());
                }
                pace.pause(Duration.ofMillis(Math.min(LONGEST_RETRY_MILLIS, 100L << Math.min(failures, 10))));
            } catch (RuntimeException e) {
                deadLetter(message, envelope, e.getMessage(), e);
                return;
            }
        }
    }

    private static boolean mayPass(SqlFailure failure) {
        return switch (failure.state()) {
            case LOCK_NOT_AVAILABLE, DEADLOCK, SERIALIZATION, CONCURRENT_CATALOG_UPDATE, CANCELLED, CONNECTION_LOST,
                    SERVER_BUSY ->
                true;
            case INSUFFICIENT_PRIVILEGE, UNDEFINED_OBJECT, FENCED, FILE_CHANGED, OTHER -> false;
        };
    }

    private static void deadLetter(Message<byte[]> message, Envelope envelope, String reason, Throwable cause) {
        LOG.errorf(cause, "event to the dead-letter topic: type=%s id=%s target=%s reason=%s", envelope.type(),
                envelope.id(), envelope.message().target(), reason);
        message.nack(new DeadLetter(reason));
    }

    @PreDestroy
    void close() {
        closed = true;
        threads.shutdownNow();
    }
}
