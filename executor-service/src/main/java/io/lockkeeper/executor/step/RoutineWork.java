package io.lockkeeper.executor.step;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.vertx.sqlclient.Row;

import io.lockkeeper.messages.RoutineIdentity;
import io.lockkeeper.target.Session;

/**
 * Statements that make, change or drop routines: no table is locked, and callers see the old body or the new one. Two changes of
 * one routine at once fail with "tuple concurrently updated": an advisory lock keeps ours apart, the retry serves those of
 * others. What each routine was before and after is kept, unless the step is being taken back.
 */
class RoutineWork implements TransactionalStep.Body {

    private final StepContext context;
    private final List<RoutineIdentity> routines;
    private final String script;
    private final Map<RoutineIdentity, Optional<RoutineStanding>> before = new LinkedHashMap<>();

    RoutineWork(StepContext context, List<RoutineIdentity> routines, String script) {
        this.context = context;
        this.routines = routines;
        this.script = script;
    }

    /** Fails where the statements have done to the routine what they must not. */
    void check(RoutineIdentity routine, Optional<RoutineStanding> was, Optional<RoutineStanding> is) {}

    @Override
    public void before(Session session) {
        before.clear(); // an attempt before this one may have been rolled back
        for (RoutineIdentity routine : routines) {
            session.query("SELECT pg_advisory_xact_lock(hashtextextended($1::text, 0))",
                    "lockkeeper routine " + routine.quoted());
            before.put(routine, standing(session, routine));
        }
    }

    @Override
    public String script() {
        return script;
    }

    @Override
    public boolean hasAfter() {
        return true;
    }

    @Override
    public void after(Session session) {
        // The statements may have set another one.
        session.execute("SET LOCAL search_path = pg_catalog");
        before.forEach((routine, was) -> {
            Optional<RoutineStanding> is = standing(session, routine);
            check(routine, was, is);
            if (context.work().direction() == Assignment.Direction.APPLY && !was.equals(is)) {
                context.ledger().keepRoutine(session, context.work(), routine, was, is);
            }
        });
    }

    /** By input types, as the server tells routines apart; names of types are resolved by the server itself. */
    private static Optional<RoutineStanding> standing(Session session, RoutineIdentity routine) {
        List<Row> rows = session.query("""
                SELECT lockkeeper.routine_definition(p.oid) AS definition, p.proowner::regrole::text AS owner,
                  p.proacl::text AS acl, obj_description(p.oid, 'pg_proc') AS comment
                FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
                WHERE n.nspname = $1::text AND p.proname = $2::text
                  -- By way of text: an oidvector counts from 0, and arrays with other bounds are not equal.
                  AND string_to_array(p.proargtypes::text, ' ')::oid[]
                    = ARRAY(SELECT to_regtype(t.name)::oid FROM unnest($3::text[]) WITH ORDINALITY AS t(name, place)
                            ORDER BY t.place)
                """, routine.routine().schema(), routine.routine().name(),
                routine.argumentTypes().toArray(String[]::new));
        return rows.stream().findFirst().map(row -> new RoutineStanding(row.getString("definition"),
                row.getString("owner"), Optional.ofNullable(row.getString("acl")),
                Optional.ofNullable(row.getString("comment"))));
    }
}
