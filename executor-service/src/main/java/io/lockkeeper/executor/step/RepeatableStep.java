package io.lockkeeper.executor.step;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

import io.lockkeeper.executor.lock.Watcher.Seen;
import io.lockkeeper.messages.Failure;
import io.lockkeeper.messages.Step;
import io.lockkeeper.messages.Step.LockClaim;
import io.lockkeeper.target.SqlFailure;
import io.lockkeeper.target.SqlState;

/**
 * Runs a step that cannot share a transaction with the ledger: intent, act, probe, outcome. What an earlier attempt left
 * behind is probed for first, here or in whatever process comes next.
 */
final class RepeatableStep {

    /** What the catalog says. */
    sealed interface Probe {}

    record Done() implements Probe {}

    record NotDone() implements Probe {}

    /** Something stands there that is not ours. */
    record Foreign(String code, String what) implements Probe {}

    interface Body {

        /** @param attemptedBefore an earlier attempt of this step acted: what is there may be its remains */
        Probe probe(boolean attemptedBefore);

        void act(LongStatement statement);

        /** After an attempt that failed: takes away what would harm while it stays (an invalid unique index still rejects). */
        default void cleanUp(LongStatement statement) {}
    }

    private final StepContext context;
    private final Body body;

    RepeatableStep(StepContext context, Body body) {
        this.context = context;
        this.body = body;
    }

    StepResult run() {
        Assignment work = context.work();
        Step step = work.step();
        Optional<LockClaim> claim = step.locks().stream().findFirst();
        Instant deadline = context.pace().now().plus(context.locks().deadline());
        for (int number = 1;; number++) {
            int previous = context.work().run().step(step.id()).attempts() + number - 1;
            if (body.probe(previous > 0) instanceof Foreign foreign) {
                return fail(OptionalInt.empty(),
                        Failures.failure(step, foreign.code(), Failure.Kind.USER, foreign.what()));
            }
            OptionalInt begun = context.ledger().begin(context.tenure(), work, context.tenure().hand().backendPid());
            if (begun.isEmpty()) {
                return new StepResult.Stopped();
            }
            int attempt = begun.getAsInt();
            context.crash().before(step.id());
            var statement = new LongStatement(context, attempt);
            try {
                if (!(body.probe(attempt > 1) instanceof Done)) {
                    body.act(statement);
                }
            } catch (SqlFailure e) {
                if (e.state() == SqlState.CONNECTION_LOST || !context.tenure().intact()) {
                    throw e;
                }
                context.ledger().attemptOver(context.tenure(), work, attempt, AttemptOutcome.of(e.state()),
                        Optional.of(e.sqlState()), Failures.of(step, e).message(), claim, Seen.NOTHING);
                if (e.state() == SqlState.CANCELLED && !context.ledger().wanted(context.tenure(), work)) {
                    return new StepResult.Stopped();
                }
                body.cleanUp(statement);
                if (!e.state().retryable() || number >= context.locks().attempts()
                        || context.pace().now().isAfter(deadline)) {
                    return fail(OptionalInt.of(attempt), Failures.of(step, e));
                }
                context.rest(context.locks().sleep(number, context.pace().random()));
                continue;
            }
            if (body.probe(true) instanceof Done) {
                context.ledger().finish(context.tenure(), work, attempt, Optional.empty());
                return new StepResult.Succeeded();
            }
            return fail(OptionalInt.of(attempt), Failures.failure(step, "probe-failed", Failure.Kind.EXTERNAL,
                    "the server reported success but the catalog does not show it"));
        }
    }

    private StepResult fail(OptionalInt attempt, Failure failure) {
        context.ledger().fail(context.tenure(), context.work(), attempt, failure);
        return new StepResult.Failed(failure);
    }
}
