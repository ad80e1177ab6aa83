package io.lockkeeper.executor.step;

import io.lockkeeper.messages.RelationName;

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
}
