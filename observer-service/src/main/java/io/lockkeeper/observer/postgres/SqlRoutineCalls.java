package io.lockkeeper.observer.postgres;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import io.vertx.sqlclient.Row;

import io.lockkeeper.messages.Watch.RetiredRoutine;
import io.lockkeeper.observer.caller.CallerSource.Called;
import io.lockkeeper.observer.caller.CallerSource.Statements;
import io.lockkeeper.observer.caller.CallerSource.Uncounted;
import io.lockkeeper.target.Session;

/** Who calls routines that are to be taken away, as far as the server itself counts or knows it. */
final class SqlRoutineCalls {

    /** By input types, as the server tells routines apart; in quarantine a routine has its name and a suffix. */
    private static final String RETIRED = """
            WITH retired AS (
              SELECT p.oid, p.prokind, l.lanname, r.identity
              FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS r(identity, schema, name, types)
              JOIN pg_namespace n ON n.nspname = r.schema
              JOIN pg_proc p ON p.pronamespace = n.oid AND (p.proname = r.name OR starts_with(p.proname, r.name || '__lk_'))
              JOIN pg_language l ON l.oid = p.prolang
              WHERE string_to_array(p.proargtypes::text, ' ')::oid[]
                = ARRAY(SELECT to_regtype(t.name)::oid
                        FROM unnest(string_to_array(r.types, chr(10))) WITH ORDINALITY AS t(name, place) ORDER BY t.place)
            )
            """;

    private SqlRoutineCalls() {}

    static Statements calls(String node, Session session, List<RetiredRoutine> routines) {
        List<Row> rows = session.query(RETIRED + """
                SELECT r.identity, coalesce(f.calls, 0) AS calls, coalesce(d.stats_reset::text, 'never') AS epoch,
                  current_setting('track_functions') AS track, r.prokind <> 'a' AND (
                    current_setting('track_functions') = 'all'
                    OR current_setting('track_functions') = 'pl' AND r.lanname NOT IN ('sql', 'c', 'internal')) AS counted
                FROM retired r LEFT JOIN pg_stat_user_functions f ON f.funcid = r.oid
                CROSS JOIN pg_stat_database d WHERE d.datname = current_database()
                """, parameters(routines));
        List<String> uncounted = rows.stream().filter(row -> !row.getBoolean("counted"))
                .map(row -> row.getString("identity")).sorted().toList();
        if (!uncounted.isEmpty()) {
            return new Uncounted(node,
                    "calls of " + String.join(", ", uncounted) + " are not counted: track_functions is "
                            + rows.get(0).getString("track")
                            + " (ALTER SYSTEM SET track_functions = 'all'); those of aggregates"
                            + " never are",
                    false);
        }
        return new Called(node, rows.isEmpty() ? "gone" : rows.get(0).getString("epoch"), rows.stream()
                .collect(Collectors.toMap(row -> row.getString("identity"), row -> row.getLong("calls"), Long::sum)));
    }

    static List<String> dependents(Session session, List<RetiredRoutine> routines) {
        return routines.isEmpty() ? List.of() : session.query(RETIRED + """
                SELECT DISTINCT CASE WHEN d.classid = 'pg_rewrite'::regclass
                    THEN (SELECT 'view ' || w.ev_class::regclass FROM pg_rewrite w WHERE w.oid = d.objid)
                    ELSE pg_describe_object(d.classid, d.objid, d.objsubid) END AS who
                FROM retired r JOIN pg_depend d ON d.refclassid = 'pg_proc'::regclass AND d.refobjid = r.oid
                WHERE d.deptype IN ('n', 'a')
                """, parameters(routines)).stream().map(row -> row.getString("who")).toList();
    }

    /** A routine that calls itself is no caller. */
    static Set<String> oids(Session session, List<RetiredRoutine> routines) {
        return routines.isEmpty()
                ? Set.of()
                : session.query(RETIRED + "SELECT oid::text AS oid FROM retired",
                        parameters(routines)).stream().map(row -> row.getString("oid")).collect(Collectors.toSet());
    }

    /** Of pg_cron, whose row security shows everybody but a role past it their own jobs alone. */
    static Optional<Map<String, String>> jobs(Session session) {
        Row cron = session.query("""
                SELECT c.oid IS NOT NULL AS there, c.oid IS NOT NULL AND has_table_privilege(c.oid, 'SELECT')
                  AND has_schema_privilege(c.relnamespace, 'USAGE') AND NOT row_security_active(c.oid) AS readable
                FROM (SELECT 1) AS one LEFT JOIN pg_class c ON c.oid = to_regclass('cron.job')
                """).get(0);
        if (!cron.getBoolean("there")) {
            return Optional.of(Map.of());
        }
        return cron.getBoolean("readable")
                ? Optional.of(session.query("SELECT jobid::text AS id, command FROM cron.job WHERE active").stream()
                        .collect(Collectors.toMap(row -> "job " + row.getString("id"),
                                row -> row.getString("command"))))
                : Optional.empty();
    }

    private static Object[] parameters(List<RetiredRoutine> routines) {
        return new Object[]{texts(routines.stream().map(RetiredRoutine::identity).toList()),
                texts(routines.stream().map(routine -> routine.routine().schema()).toList()),
                texts(routines.stream().map(routine -> routine.routine().name()).toList()),
                texts(routines.stream().map(routine -> String.join("\n", routine.argumentTypes())).toList())};
    }

    private static String[] texts(List<String> texts) {
        return texts.toArray(String[]::new);
    }
}
