package io.lockkeeper.executor.step;

import java.util.List;

import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.RelationName;

/**
 * REINDEX CONCURRENTLY builds each index again beside the old one under SHARE UPDATE EXCLUSIVE. Interrupted it leaves an
 * invalid index behind, of the table or of its TOAST table, named like the old one with {@code _ccnew} or {@code _ccold} and perhaps a number: dropped, then
 * everything is done again. It changes nothing that a probe could see, so a crash after its end repeats it.
 */
public final class ReindexStep implements StepWork {

    private final Action.Reindex action;

    public ReindexStep(Action.Reindex action) {
        this.action = action;
    }

    @Override
    public StepResult apply(StepContext context) {
        return new RepeatableStep(context, new RepeatableStep.Body() {

            private boolean ours;
            private boolean acted;

            @Override
            public RepeatableStep.Probe probe(boolean attemptedBefore) {
                ours = attemptedBefore;
                return acted ? new RepeatableStep.Done() : new RepeatableStep.NotDone();
            }

            @Override
            public void act(LongStatement statement) {
                if (ours) {
                    cleanUp(statement);
                }
                statement.run(action.index().map(index -> "REINDEX INDEX CONCURRENTLY " + index.quoted())
                        .orElse("REINDEX TABLE CONCURRENTLY " + action.table().quoted()),
                        context.work().step().locks().stream().findFirst());
                acted = true;
            }

            @Override
            public void cleanUp(LongStatement statement) {
                for (RelationName index : remains(context)) {
                    new IndexDrop(context, index).drop(statement);
                }
            }
        }).run();
    }

    private List<RelationName> remains(StepContext context) {
        return context.tenure().watch().query("""
                SELECT n.nspname, c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
                JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE i.indrelid IN (SELECT unnest(ARRAY[oid, reltoastrelid]) FROM pg_class WHERE oid = to_regclass($1::text))
                  AND NOT i.indisvalid AND c.relname ~ '_cc(new|old)[0-9]*$'
                ORDER BY c.relname
                """, action.table().quoted()).stream()
                .map(row -> RelationName.of(row.getString("nspname"), row.getString("relname"))).toList();
    }

    @Override
    public StepResult undo(StepContext context) {
        return PlannedUndo.recordOnly(context);
    }
}
