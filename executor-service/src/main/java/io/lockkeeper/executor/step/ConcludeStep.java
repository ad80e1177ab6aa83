package io.lockkeeper.executor.step;

import java.util.Optional;

import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Watch;
import io.lockkeeper.target.Session;

/**
 * The last step: waits until the observer has dropped its slot (it does when it sees this step RUNNING), then drops the
 * publication, writes the migration history and ends the run, all in one transaction.
 */
public final class ConcludeStep implements StepWork {

    private final Action.Conclude action;

    public ConcludeStep(Action.Conclude action) {
        this.action = action;
    }

    @Override
    public StepResult apply(StepContext context) {
        return new TransactionalStep(context, new TransactionalStep.Body() {

            @Override
            public boolean seenRunning() {
                return true;
            }

            @Override
            public Optional<StepResult> awaitReady() {
                return action.stream().flatMap(stream -> new SlotRetirement(context).await(stream.slot()));
            }

            @Override
            public String script() {
                return action.stream().map(Watch.Stream::publication).map(CreatePublicationStep::drop).orElse("");
            }

            @Override
            public void before(Session session) {
                context.ledger().completeWithin(session, context.tenure(), context.work());
            }
        }).run();
    }

    @Override
    public StepResult undo(StepContext context) {
        return PlannedUndo.recordOnly(context);
    }
}
