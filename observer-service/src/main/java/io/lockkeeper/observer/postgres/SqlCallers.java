package io.lockkeeper.observer.postgres;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.stream.Stream;

import io.vertx.sqlclient.Row;

import io.lockkeeper.messages.Identifier;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Watch.Retired;
import io.lockkeeper.messages.Watch.RetiredRoutine;
import io.lockkeeper.observer.caller.CallerSource;
import io.lockkeeper.observer.caller.OldShape;
import io.lockkeeper.observer.caller.Routine;
import io.lockkeeper.target.Session;
import io.lockkeeper.target.SqlFailure;
import io.lockkeeper.target.SqlState;

/** Catalog of the primary, statistics of every node. */
public final class SqlCallers implements CallerSource {

    /** Ends the texts of our own statements, which name the old shape to compare it. */
    static final String OURS = " /* lockkeeper */";

    private static final String PRIMARY = "primary";

    private final TargetConnection primary;
    private final Map<String, TargetConnection> nodes = new LinkedHashMap<>();

    /** @param replicas by name */
    public SqlCallers(TargetConnection primary, Map<String, TargetConnection> replicas) {
        this.primary = primary;
        nodes.put(PRIMARY, primary);
        nodes.putAll(replicas);
    }

    @Override
    public List<Statements> statements() {
        return ofEachNode(SqlCallers::statements);
    }

    @Override
    public List<Statements> calls(List<RetiredRoutine> routines) {
        return ofEachNode((node, session) -> SqlRoutineCalls.calls(node + ", calls", session, routines));
    }

    private List<Statements> ofEachNode(BiFunction<String, Session, Statements> read) {
        List<Statements> all = new ArrayList<>();
        nodes.forEach((node, connection) -> {
            try {
                all.add(read.apply(node, connection.session()));
            } catch (SqlFailure e) {
                if (node.equals(PRIMARY) && e.state() == SqlState.CONNECTION_LOST) {
                    throw e;
                }
                all.add(new Uncounted(node, "SQLSTATE " + e.sqlState() + ": " + e.getMessage(),
                        e.state() == SqlState.CONNECTION_LOST));
            }
        });
        return all;
    }

    private static Statements statements(String node, Session session) {
        String schema = schema(session);
        if (schema.isEmpty()) {
            return new Uncounted(node, "extension pg_stat_statements is not there", false);
        }
        // Without the texts, whose file would be read at every look.
        Row info = session.query("SELECT stats_reset::text || '/' || dealloc AS epoch,"
                + " current_setting('pg_stat_statements.track') AS track,"
                + " pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS sees FROM " + schema
                + ".pg_stat_statements_info").get(0);
        if (!info.getBoolean("sees")) {
            return new Uncounted(node, "statements of other roles cannot be read: GRANT pg_monitor to the observer",
                    true);
        }
        if (info.getString("track").equals("none")) {
            return new Uncounted(node, "pg_stat_statements.track is none", false);
        }
        Map<String, Long> calls = new HashMap<>();
        session.query("SELECT " + ID + " AS id, sum(s.calls)::bigint AS calls FROM " + schema
                + ".pg_stat_statements(false) s WHERE " + HERE + " GROUP BY 1")
                .forEach(row -> calls.put(row.getString("id"), row.getLong("calls")));
        return new Counted(node, info.getString("epoch"), calls);
    }

    private static final String ID = "s.queryid || ' ' || coalesce(pg_get_userbyid(s.userid)::text, '')";
    private static final String HERE = "s.queryid IS NOT NULL"
            + " AND s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())";

    @Override
    public Map<String, String> texts(String node, Collection<String> ids) {
        Session session = nodes.get(node).session();
        Map<String, String> texts = new HashMap<>();
        session.query("SELECT " + ID + " AS id, s.query FROM " + schema(session) + ".pg_stat_statements(true) s WHERE "
                + HERE + " AND " + ID + " = ANY ($1::text[]) AND NOT coalesce(s.query, '') LIKE $2",
                ids.toArray(String[]::new), "%" + OURS)
                .forEach(row -> texts.put(row.getString("id"), row.getString("query") == null
                        ? ""
                        : row.getString("query")));
        return texts;
    }

    @Override
    public List<String> applications(String node, Collection<String> ids) {
        return nodes.get(node).session().query("""
                SELECT DISTINCT application_name FROM pg_stat_activity
                WHERE datname = current_database() AND query_id || ' ' || usename = ANY ($1::text[])
                  AND application_name <> '' AND application_name NOT LIKE 'lockkeeper/%' ORDER BY 1 LIMIT 5""",
                (Object) ids.toArray(String[]::new)).stream().map(row -> row.getString("application_name")).toList();
    }

    private static String schema(Session session) {
        return session.query("""
                SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
                WHERE e.extname = 'pg_stat_statements'""").stream().findFirst()
                .map(row -> Identifier.quote(row.getString("nspname"))).orElse("");
    }

    @Override
    public List<String> dependents(OldShape old) {
        List<Retired> retired = old.retired();
        Set<String> needing = new TreeSet<>(SqlRoutineCalls.dependents(primary.session(), old.routines()));
        String[] names = retired.stream().map(shape -> shape.relation().quoted()).toArray(String[]::new);
        for (Retired shape : retired) {
            // In quarantine a column has its name and a suffix; what needs it follows it.
            primary.session().query("""
                    SELECT DISTINCT CASE
                        WHEN d.classid = 'pg_rewrite'::regclass THEN
                            (SELECT 'view ' || r.ev_class::regclass FROM pg_rewrite r WHERE r.oid = d.objid)
                        ELSE pg_describe_object(d.classid, d.objid, d.objsubid) END AS who
                    FROM pg_depend d
                    LEFT JOIN pg_rewrite rule ON d.classid = 'pg_rewrite'::regclass AND rule.oid = d.objid
                    LEFT JOIN pg_trigger trg ON d.classid = 'pg_trigger'::regclass AND trg.oid = d.objid
                    WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = to_regclass($1)
                      AND d.classid IN ('pg_rewrite'::regclass, 'pg_policy'::regclass, 'pg_proc'::regclass,
                                        'pg_trigger'::regclass)
                      AND CASE WHEN $2::text[] = '{}' THEN d.deptype = 'n' ELSE EXISTS (
                          SELECT 1 FROM pg_attribute a, unnest($2::text[]) AS old
                          WHERE a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
                            AND (a.attname = old OR starts_with(a.attname, old || '__lk_'))) END
                      AND rule.ev_class IS DISTINCT FROM d.refobjid
                      AND NOT EXISTS (SELECT 1 FROM unnest($3::text[]) AS gone WHERE to_regclass(gone) = rule.ev_class)
                      AND (trg.oid IS NULL OR NOT trg.tgisinternal AND NOT starts_with(trg.tgname, 'zzzz_lockkeeper_'))
                    """, shape.relation().quoted(), shape.columns().toArray(String[]::new), names)
                    .forEach(row -> needing.add(row.getString("who")));
        }
        return List.copyOf(needing);
    }

    @Override
    public Optional<Map<String, String>> jobs() {
        return SqlRoutineCalls.jobs(primary.session());
    }

    @Override
    public List<Routine> routines(OldShape old) {
        // A body that has not even the letters cannot name it; the others are parsed.
        String[] letters = Stream.concat(old.routines().stream().map(routine -> routine.routine().name()),
                old.retired().stream().flatMap(shape -> shape.columns().isEmpty()
                        ? Stream.of(shape.relation().name())
                        : shape.columns().stream()))
                .distinct().toArray(String[]::new);
        Set<String> themselves = SqlRoutineCalls.oids(primary.session(), old.routines());
        return primary.session().query("""
                SELECT p.oid::text AS oid, n.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' AS identity,
                       p.xmin::text AS version, l.lanname, p.prosrc,
                       CASE l.lanname WHEN 'plpgsql' THEN pg_get_functiondef(p.oid) ELSE '' END AS definition,
                       (SELECT array_agg(tn.nspname || chr(10) || tc.relname)
                        FROM pg_trigger t JOIN pg_class tc ON tc.oid = t.tgrelid JOIN pg_namespace tn ON tn.oid = tc.relnamespace
                        WHERE t.tgfoid = p.oid AND NOT t.tgisinternal) AS triggers,
                       CASE WHEN current_setting('track_functions') = 'all'
                                 OR current_setting('track_functions') = 'pl' AND l.lanname <> 'sql'
                            THEN coalesce(f.calls, 0) END AS calls
                FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
                LEFT JOIN pg_stat_user_functions f ON f.funcid = p.oid
                WHERE p.prokind IN ('f', 'p') AND l.lanname NOT IN ('c', 'internal')
                  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'lockkeeper', 'lockkeeper_sync')
                  AND EXISTS (SELECT 1 FROM unnest($1::text[]) AS word WHERE strpos(lower(p.prosrc), lower(word)) > 0)
                  AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid
                                  AND d.deptype = 'e')""", (Object) letters).stream()
                .filter(row -> !themselves.contains(row.getString("oid")))
                .map(row -> new Routine(row.getString("identity"), row.getString("version"), row.getString("lanname"),
                        row.getString("prosrc"), row.getString("definition"), triggers(row),
                        row.getLong("calls") == null ? OptionalLong.empty() : OptionalLong.of(row.getLong("calls"))))
                .toList();
    }

    private static List<RelationName> triggers(Row row) {
        String[] names = row.getArrayOfStrings("triggers");
        return names == null
                ? List.of()
                : Arrays.stream(names).map(name -> name.split("\n"))
                        .map(parts -> RelationName.of(parts[0], parts[1])).toList();
    }

    @Override
    public int unwatchedStandbys() {
        // pg_receivewal follows too, and answers no queries.
        long standbys = primary.session().query("""
                SELECT count(*) AS standbys FROM pg_stat_replication r
                WHERE r.state IN ('streaming', 'catchup') AND r.application_name <> 'pg_receivewal'
                  AND NOT EXISTS (SELECT 1 FROM pg_replication_slots s
                                  WHERE s.active_pid = r.pid AND s.slot_type = 'logical')""").get(0)
                .getLong("standbys");
        return (int) Math.max(0, standbys - (nodes.size() - 1));
    }
}
