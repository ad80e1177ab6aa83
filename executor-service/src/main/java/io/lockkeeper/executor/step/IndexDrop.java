package io.lockkeeper.executor.step;

import java.util.Optional;
import java.util.OptionalInt;

import io.lockkeeper.executor.lock.Watcher.Seen;
import io.lockkeeper.messages.Failure;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.target.SqlFailure;
import io.lockkeeper.target.SqlState;

/**
 * DROP INDEX CONCURRENTLY: SHARE UPDATE EXCLUSIVE on the table, then waits for those who use the index; interrupted, it
 * leaves the index invalid and can be repeated.
 */
final class IndexDrop {

    private final StepContext context;
    private final RelationName index;

    IndexDrop(StepContext context, RelationName index) {
        this.context = context;
        this.index = index;
    }

    StepResult run() {
        return new RepeatableStep(context, new RepeatableStep.Body() {

            @Override
            public RepeatableStep.Probe probe(boolean attemptedBefore) {
                return IndexState.of(context.tenure().watch(), index).isPresent()
                        ? new RepeatableStep.NotDone()
                        : new RepeatableStep.Done();
            }

            @Override
            public void act(LongStatement statement) {
                drop(statement);
            }
        }).run();
    }

    void drop(LongStatement statement) {
        statement.run("DROP INDEX CONCURRENTLY IF EXISTS " + index.quoted(),
                context.work().step().locks().stream().findFirst());
    }

    /** As one part of an undo whose last part writes the ledger row. */
    StepResult unrecorded() {
        OptionalInt begun = context.ledger().begin(context.tenure(), context.work(),
                context.tenure().hand().backendPid());
        if (begun.isEmpty()) {
            return new StepResult.Stopped();
        }
        try {
            drop(new LongStatement(context, begun.getAsInt()));
            return new StepResult.Succeeded();
        } catch (SqlFailure e) {
            if (e.state() == SqlState.CONNECTION_LOST || !context.tenure().intact()) {
                throw e;
            }
            Failure failure = Failures.of(context.work().step(), e);
            context.ledger().attemptOver(context.tenure(), context.work(), begun.getAsInt(),
                    AttemptOutcome.of(e.state()), Optional.of(e.sqlState()), failure.message(), Optional.empty(),
                    Seen.NOTHING);
            context.ledger().fail(context.tenure(), context.work(), begun, failure);
            return new StepResult.Failed(failure);
        }
    }
}
