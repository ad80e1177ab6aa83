package io.lockkeeper.executor.step;

import java.util.List;
import java.util.Optional;

import io.vertx.sqlclient.Row;

import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Identifier;
import io.lockkeeper.target.Session;
import io.lockkeeper.target.SqlFailure;

/**
 * CREATE OR REPLACE of one routine takes no lock on a table, and callers see the old body or the new one. Two
 * replacements of one routine at once fail with "tuple concurrently updated": an advisory lock keeps ours apart, the
 * retry serves those of others. The definition before is kept, so that an abort puts it back.
 */
public final class ReplaceRoutineStep implements StepWork {

    private final Action.ReplaceRoutine action;

    public ReplaceRoutineStep(Action.ReplaceRoutine action) {
        this.action = action;
    }

    @Override
    public StepResult apply(StepContext context) {
        return new TransactionalStep(context, new Replacement(context, action.sql())).run();
    }

    @Override
    public StepResult undo(StepContext context) {
        // Without looking at bodies: they were good, and their names may be found only under another search_path.
        String script = context.ledger().routineBefore(context.tenure(), context.work())
                .map(before -> "SET LOCAL check_function_bodies = off;\n" + before)
                .orElseGet(() -> "DROP ROUTINE IF EXISTS " + action.routine().quoted() + "("
                        + String.join(", ", action.argumentTypes()) + ")");
        return new TransactionalStep(context, () -> script + "\n;\n").run();
    }

    private final class Replacement implements TransactionalStep.Body {

        private final StepContext context;
        private final String sql;
        private Optional<Definition> before = Optional.empty();

        Replacement(StepContext context, String sql) {
            this.context = context;
            this.sql = sql;
        }

        @Override
        public void before(Session session) {
            session.query("SELECT pg_advisory_xact_lock(hashtextextended($1::text, 0))",
                    "lockkeeper routine " + identity());
            before = definition(session);
        }

        @Override
        public String script() {
            return sql.strip() + "\n;\n";
        }

        @Override
        public boolean hasAfter() {
            return true;
        }

        @Override
        public void after(Session session) {
            // The statement may have set another one, and the definition is printed by it.
            session.execute("SET LOCAL search_path = pg_catalog");
            Definition after = definition(session).orElseThrow(() -> new SqlFailure("42883",
                    "the statement did not define " + identity() + ": the plan names another routine", null));
            before.filter(old -> !old.owner().equals(after.owner()) || !old.acl().equals(after.acl()))
                    .ifPresent(old -> {
                        throw new SqlFailure("42501",
                                "replacing " + identity() + " would change its owner or grants: " + old.owner()
                                        + " " + old.acl().orElse("") + " would become " + after.owner() + " "
                                        + after.acl().orElse(""),
                                null);
                    });
            context.ledger().keepRoutine(session, context.work(), identity(), before.map(Definition::sql), after.sql(),
                    after.owner(), after.acl());
        }
    }

    private record Definition(String sql, String owner, Optional<String> acl) {}

    /** By input types, as the server tells routines apart; names of types are resolved by the server itself. */
    private Optional<Definition> definition(Session session) {
        List<Row> rows = session.query("""
                SELECT pg_get_functiondef(p.oid) AS sql, p.proowner::regrole::text AS owner, p.proacl::text AS acl
                FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
                WHERE n.nspname = $1::text AND p.proname = $2::text AND p.prokind IN ('f', 'p', 'w')
                  -- By way of text: an oidvector counts from 0, and arrays with other bounds are not equal.
                  AND string_to_array(p.proargtypes::text, ' ')::oid[]
                    = ARRAY(SELECT to_regtype(t.name)::oid FROM unnest($3::text[]) WITH ORDINALITY AS t(name, place)
                            ORDER BY t.place)
                """, action.routine().schema(), action.routine().name(),
                action.argumentTypes().toArray(String[]::new));
        return rows.stream().findFirst().map(row -> new Definition(row.getString("sql"), row.getString("owner"),
                Optional.ofNullable(row.getString("acl"))));
    }

    private String identity() {
        return Identifier.quote(action.routine().schema()) + "." + Identifier.quote(action.routine().name()) + "("
                + String.join(", ", action.argumentTypes()) + ")";
    }
}
