package io.lockkeeper.executor.step;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

import io.lockkeeper.messages.Failure;

/** Waits until the observer has dropped its slot: publications go after the slots that read them. */
final class SlotRetirement {

    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final Duration LOOK = Duration.ofMillis(200);

    private final StepContext context;

    SlotRetirement(StepContext context) {
        this.context = context;
    }

    /** @return empty once the slot is gone; else how the step ends */
    Optional<StepResult> await(String slot) {
        Instant deadline = context.pace().now().plus(DEADLINE);
        while (exists(slot)) {
            if (context.pace().now().isAfter(deadline)) {
                Failure failure = Failures.failure(context.work().step(), "slot-still-there", Failure.Kind.EXTERNAL,
                        "replication slot " + slot + " is still there after " + DEADLINE.toSeconds()
                                + " s: see that an observer runs, or drop it by pg_drop_replication_slot");
                context.ledger().fail(context.tenure(), context.work(), OptionalInt.empty(), failure);
                return Optional.of(new StepResult.Failed(failure));
            }
            if (!context.ledger().wanted(context.tenure(), context.work())) {
                return Optional.of(new StepResult.Stopped());
            }
            context.pace().pause(LOOK);
        }
        return Optional.empty();
    }

    private boolean exists(String slot) {
        return !context.tenure().watch().query("SELECT FROM pg_replication_slots WHERE slot_name = $1::text", slot)
                .isEmpty();
    }
}
