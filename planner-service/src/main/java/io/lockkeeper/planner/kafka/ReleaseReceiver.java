package io.lockkeeper.planner.kafka;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

import jakarta.enterprise.context.ApplicationScoped;

import io.smallrye.reactive.messaging.kafka.IncomingKafkaRecord;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.reactive.messaging.Acknowledgment;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jboss.logging.Logger;

import io.lockkeeper.messages.CloudEvents;
import io.lockkeeper.messages.Envelope;
import io.lockkeeper.messages.PlanEvent;
import io.lockkeeper.messages.ReleaseEvent;
import io.lockkeeper.planner.intake.PlanIndex;
import io.lockkeeper.planner.plan.Planning;
import io.lockkeeper.planner.plan.Targets.TargetUnreachable;
import io.lockkeeper.service.EventRecords;

/**
 * Releases from Kafka: each is planned once and acknowledged when its plan is on {@code plans}. Whatever a release is
 * like, it ends in a plan, a refusal or the dead-letter topic, and the topic goes on.
 */
@ApplicationScoped
class ReleaseReceiver {

    private static final Logger LOG = Logger.getLogger(ReleaseReceiver.class);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final TargetLanes lanes;
    private final Planning planning;
    private final PlanIndex index;
    private final PlanIndexFeed feed;
    private final PlanPublisher publisher;
    private final Duration unreachableAfter;

    ReleaseReceiver(TargetLanes lanes, Planning planning, PlanIndex index, PlanIndexFeed feed,
            PlanPublisher publisher,
            @ConfigProperty(name = "lockkeeper.planner.unreachable-after") Duration unreachableAfter) {
        this.lanes = lanes;
        this.planning = planning;
        this.index = index;
        this.feed = feed;
        this.publisher = publisher;
        this.unreachableAfter = unreachableAfter;
    }

    @Incoming("releases")
    @Acknowledgment(Acknowledgment.Strategy.MANUAL)
    @SuppressWarnings("unchecked")
    CompletionStage<Void> receive(Message<byte[]> message) {
        CloudEvents.Read read = EventRecords.read((IncomingKafkaRecord<String, byte[]>) message
                .unwrap(IncomingKafkaRecord.class));
        if (read instanceof CloudEvents.Rejected rejected) {
            return deadLetter(message, rejected.reason());
        }
        Envelope event = ((CloudEvents.Accepted) read).envelope();
        if (!(event.message() instanceof ReleaseEvent)) {
            return deadLetter(message, event.type() + " does not belong on this topic");
        }
        if (event.message() instanceof ReleaseEvent.ReleaseRequested release) {
            index.requested(event.id());
            lanes.enter(release.target(), () -> plan(event, release, message));
            return CompletableFuture.completedFuture(null);
        }
        return message.ack(); // versions that come and go are the observer's business
    }

    private static CompletionStage<Void> deadLetter(Message<byte[]> message, String reason) {
        LOG.warnf("record breaks the contract: topic=releases reason=%s", reason);
        return message.nack(new EventRecords.ContractViolation(reason));
    }

    private void plan(Envelope event, ReleaseEvent.ReleaseRequested release, Message<byte[]> message) {
        try {
            feed.awaitCaughtUp();
            if (!index.isPlanned(event.id())) {
                PlanEvent planned = planPatiently(event, release);
                publishPatiently(event, planned);
                index.add(event.id(), planned);
                LOG.infof("release planned: target=%s release=%s event=%s outcome=%s", release.target(),
                        release.release(), event.id(), planned.getClass().getSimpleName());
            }
            message.ack();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // shutting down: unacknowledged, it comes again
        }
    }

    private PlanEvent planPatiently(Envelope event, ReleaseEvent.ReleaseRequested release)
            throws InterruptedException {
        long deadline = System.nanoTime() + unreachableAfter.toNanos();
        for (long pause = 250;; pause = Math.min(2 * pause, LONGEST_PAUSE.toMillis())) {
            try {
                return planning.plan(release, event.id());
            } catch (TargetUnreachable e) {
                if (System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pause) > deadline) {
                    return Planning.unreachable(release, e.getMessage());
                }
                LOG.infof("target does not answer, trying again: target=%s release=%s pause_ms=%d", release.target(),
                        release.release(), pause);
            } catch (RuntimeException e) {
                LOG.errorf(e, "planning failed: target=%s release=%s event=%s", release.target(), release.release(),
                        event.id());
                return Planning.failed(release);
            }
            TimeUnit.MILLISECONDS.sleep(pause);
        }
    }

    private void publishPatiently(Envelope event, PlanEvent planned) throws InterruptedException {
        for (long pause = 250;; pause = Math.min(2 * pause, LONGEST_PAUSE.toMillis())) {
            try {
                publisher.publish(event.id(), planned);
                return;
            } catch (RuntimeException e) {
                LOG.warnf("plan not published, trying again: target=%s release=%s pause_ms=%d reason=%s",
                        planned.target(),
                        planned.release(), pause, e.getMessage());
            }
            TimeUnit.MILLISECONDS.sleep(pause);
        }
    }
}
