package io.lockkeeper.executor.step;

import java.util.Optional;

import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Step.LockClaim;

/**
 * CREATE INDEX CONCURRENTLY takes SHARE UPDATE EXCLUSIVE and waits for every older snapshot of the database. Interrupted
 * or failed it leaves an invalid index, which costs every write and, if unique, still rejects: it is dropped and built
 * again. Never IF NOT EXISTS, which takes such remains for the index. What is there before our first attempt is not ours
 * and is left alone.
 */
public final class CreateIndexStep implements StepWork {

    private final Action.CreateIndex action;

    public CreateIndexStep(Action.CreateIndex action) {
        this.action = action;
    }

    @Override
    public StepResult apply(StepContext context) {
        IndexDrop remains = new IndexDrop(context, action.index());
        Optional<LockClaim> claim = context.work().step().locks().stream().findFirst();
        return new RepeatableStep(context, new RepeatableStep.Body() {

            @Override
            public RepeatableStep.Probe probe(boolean attemptedBefore) {
                Optional<IndexState> state = IndexState.of(context.tenure().watch(), action.index());
                if (state.isEmpty()) {
                    return new RepeatableStep.NotDone();
                }
                if (!attemptedBefore || !state.get().table().equals(action.table())) {
                    return new RepeatableStep.Foreign("index-exists", "index " + action.index() + " is there already, "
                            + (state.get().usable() ? "valid" : "invalid") + ", on " + state.get().table()
                            + ", and this run has not made it: drop or rename it");
                }
                return state.get().usable() ? new RepeatableStep.Done() : new RepeatableStep.NotDone();
            }

            @Override
            public void act(LongStatement statement) {
                cleanUp(statement);
                statement.run(action.sql(), claim);
            }

            @Override
            public void cleanUp(LongStatement statement) {
                if (IndexState.of(context.tenure().watch(), action.index()).filter(state -> !state.usable())
                        .isPresent()) {
                    remains.drop(statement);
                }
            }
        }).run();
    }

    @Override
    public StepResult undo(StepContext context) {
        return new IndexDrop(context, action.index()).run();
    }
}
