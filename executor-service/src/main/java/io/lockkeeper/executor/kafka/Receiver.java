package io.lockkeeper.executor.kafka;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.reactive.messaging.Acknowledgment;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jboss.logging.Logger;

import io.lockkeeper.executor.claim.ClaimDesk;
import io.lockkeeper.executor.control.ControlDesk;
import io.lockkeeper.executor.gate.VerdictDesk;
import io.lockkeeper.executor.kafka.Lanes.DeadLetter;
import io.lockkeeper.messages.Control;
import io.lockkeeper.messages.Envelope;
import io.lockkeeper.messages.PlanEvent;
import io.lockkeeper.messages.Verdict;

/** Plans, verdicts and controls from Kafka: each is written into the ledger of its target, then acknowledged. */
@ApplicationScoped
class Receiver {

    private static final Logger LOG = Logger.getLogger(Receiver.class);

    private final Lanes lanes;
    private final ClaimDesk claims;
    private final VerdictDesk verdicts;
    private final ControlDesk controls;

    Receiver(Lanes lanes, ClaimDesk claims, VerdictDesk verdicts, ControlDesk controls) {
        this.lanes = lanes;
        this.claims = claims;
        this.verdicts = verdicts;
        this.controls = controls;
    }

    @Incoming("plans")
    @Acknowledgment(Acknowledgment.Strategy.MANUAL)
    CompletionStage<Void> plan(Message<byte[]> message) {
        return hand(message, this::claim);
    }

    @Incoming("verdicts")
    @Acknowledgment(Acknowledgment.Strategy.MANUAL)
    CompletionStage<Void> verdict(Message<byte[]> message) {
        return hand(message, this::receive);
    }

    @Incoming("controls")
    @Acknowledgment(Acknowledgment.Strategy.MANUAL)
    CompletionStage<Void> control(Message<byte[]> message) {
        return hand(message, this::apply);
    }

    private CompletionStage<Void> hand(Message<byte[]> message, Lanes.Work work) {
        lanes.hand(message, work);
        return CompletableFuture.completedFuture(null);
    }

    private void claim(Envelope envelope) {
        if (envelope.message() instanceof PlanEvent.PlanRefused) {
            return; // the planner's word to others
        }
        if (!(envelope.message() instanceof PlanEvent.PlanProposed proposed)) {
            throw misplaced(envelope);
        }
        ClaimDesk.Claim claim = claims.claim(envelope, proposed.plan());
        if (claim instanceof ClaimDesk.UnknownTarget) {
            throw unknownTarget(envelope);
        }
        LOG.infof("plan received: target=%s release=%s event=%s claim=%s", proposed.target(), proposed.release(),
                envelope.id(), claim);
    }

    private void receive(Envelope envelope) {
        if (!(envelope.message() instanceof Verdict verdict)) {
            throw misplaced(envelope);
        }
        var receipt = verdicts.receive(envelope.source().toString(), envelope.id(), verdict)
                .orElseThrow(() -> unknownTarget(envelope));
        LOG.debugf("verdict received: target=%s run=%s gate=%s decision=%s note=%s", verdict.target(), verdict.run(),
                verdict.gate(), verdict.decision(), receipt.note());
    }

    private void apply(Envelope envelope) {
        if (!(envelope.message() instanceof Control control)) {
            throw misplaced(envelope);
        }
        var answer = controls.receive(envelope.source().toString(), envelope.id(), control)
                .orElseThrow(() -> unknownTarget(envelope));
        LOG.infof("control received: target=%s release=%s id=%s accepted=%s message=%s", control.target(),
                control.release(), answer.id(), answer.accepted(), answer.message());
    }

    private static DeadLetter misplaced(Envelope envelope) {
        return new DeadLetter(envelope.type() + " does not belong on this topic");
    }

    private static DeadLetter unknownTarget(Envelope envelope) {
        return new DeadLetter("there is no target " + envelope.message().target()
                + " here, or no ledger in it: add the target, then replay the record");
    }
}
