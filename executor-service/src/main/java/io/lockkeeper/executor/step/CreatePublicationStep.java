package io.lockkeeper.executor.step;

import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Identifier;

/**
 * CREATE PUBLICATION takes SHARE UPDATE EXCLUSIVE on each table: no statement of the application waits for it. It runs as
 * the owner of the tables, who alone may publish them. Its undo waits for the observer to drop its slot, because a slot
 * whose publication is gone cannot be read any more.
 */
public final class CreatePublicationStep implements StepWork {

    private static final int PUBLISHES_GENERATED_COLUMNS = 180_000;

    private final Action.CreatePublication action;

    public CreatePublicationStep(Action.CreatePublication action) {
        this.action = action;
    }

    @Override
    public StepResult apply(StepContext context) {
        // Not ONLY: a partitioned table is published with its partitions.
        boolean generated = serverVersion(context) >= PUBLISHES_GENERATED_COLUMNS;
        String script = "CREATE PUBLICATION " + Identifier.quote(action.publication()) + " FOR TABLE "
                + action.tableList()
                + (generated ? " WITH (publish_generated_columns = stored)" : "") + ";\n";
        return new TransactionalStep(context, () -> script).run();
    }

    @Override
    public StepResult undo(StepContext context) {
        var stream = context.work().run().plan().watch().stream();
        if (stream.isPresent()) {
            var held = new SlotRetirement(context).await(stream.get().slot());
            if (held.isPresent()) {
                return held.get();
            }
        }
        return new TransactionalStep(context, () -> drop(action.publication())).run();
    }

    /** Takes no lock on the tables. */
    static String drop(String publication) {
        return "DROP PUBLICATION IF EXISTS " + Identifier.quote(publication) + ";\n";
    }

    private static int serverVersion(StepContext context) {
        return context.tenure().watch().query("SELECT current_setting('server_version_num')::int AS version").get(0)
                .getInteger("version");
    }
}
