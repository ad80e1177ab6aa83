package io.lockkeeper.executor.step;

import java.util.List;

import io.vertx.sqlclient.Row;

import io.lockkeeper.messages.Action;

/**
 * REFRESH MATERIALIZED VIEW CONCURRENTLY: EXCLUSIVE on the view, which readers do not wait for. It needs a view that can
 * be read already; the first time it runs without, under ACCESS EXCLUSIVE on what nobody can read yet. Interrupted,
 * nothing has changed.
 */
public final class RefreshViewStep implements StepWork {

    private final Action.RefreshView action;

    public RefreshViewStep(Action.RefreshView action) {
        this.action = action;
    }

    @Override
    public StepResult apply(StepContext context) {
        return new RepeatableStep(context, new RepeatableStep.Body() {

            private boolean acted;

            @Override
            public RepeatableStep.Probe probe(boolean attemptedBefore) {
                return acted ? new RepeatableStep.Done() : new RepeatableStep.NotDone();
            }

            @Override
            public void act(LongStatement statement) {
                List<Row> rows = context.tenure().watch().query(
                        "SELECT relispopulated AS readable FROM pg_class WHERE oid = to_regclass($1::text)",
                        action.view().quoted());
                boolean readable = !rows.isEmpty() && rows.get(0).getBoolean("readable");
                statement.run("REFRESH MATERIALIZED VIEW " + (readable ? "CONCURRENTLY " : "") + action.view().quoted(),
                        context.work().step().locks().stream().findFirst());
                acted = true;
            }
        }).run();
    }

    @Override
    public StepResult undo(StepContext context) {
        return PlannedUndo.recordOnly(context);
    }
}
