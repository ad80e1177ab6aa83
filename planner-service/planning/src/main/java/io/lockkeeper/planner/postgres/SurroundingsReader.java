package io.lockkeeper.planner.postgres;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.vertx.sqlclient.Row;

import io.lockkeeper.messages.Identifier;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.review.Surroundings;
import io.lockkeeper.target.Session;

/**
 * Reads what a target tells beside its catalog: the pace of earlier runs, the statements that it has seen, and who else
 * lives on its tables. What is not there or may not be read is left out: nothing is decided by it.
 */
final class SurroundingsReader {

    private final Session session;

    /** @param session in a read-only transaction, under {@code search_path = pg_catalog} */
    SurroundingsReader(Session session) {
        this.session = session;
    }

    Surroundings read() {
        return new Surroundings(speeds(), statements(), consumers(), eventTriggers());
    }

    /** Of steps that worked long enough to say something, without their waits for locks. */
    private Map<String, Surroundings.Speed> speeds() {
        Map<String, Surroundings.Speed> speeds = new HashMap<>();
        if (!readable("lockkeeper.attempt")) {
            return speeds;
        }
        for (Row row : session.query("""
                SELECT kind, sum(bytes) / sum(seconds) AS speed, count(*) AS steps
                FROM (
                  SELECT s.kind, (planned -> 'estimate' ->> 'bytes')::float8 AS bytes,
                    extract(epoch FROM a.finished_at - a.started_at)::float8 - coalesce(a.waited_ms, 0) / 1000.0 AS seconds
                  FROM lockkeeper.attempt a
                  JOIN lockkeeper.step s ON s.run = a.run AND s.id = a.step AND s.state = 'SUCCEEDED'
                  JOIN lockkeeper.run r ON r.id = s.run JOIN lockkeeper.plan p ON p.hash = r.plan_hash
                  CROSS JOIN LATERAL jsonb_array_elements(p.body::jsonb -> 'steps') AS planned
                  WHERE a.outcome = 'SUCCEEDED' AND planned ->> 'id' = s.id AND s.attempts = 1
                ) AS done WHERE bytes > 0 AND seconds > 0.05 GROUP BY kind
                """)) {
            speeds.put(row.getString("kind"),
                    new Surroundings.Speed(row.getDouble("speed"), row.getLong("steps")));
        }
        return speeds;
    }

    /** Of a library that was loaded at the start, which its settings tell: without it its view raises. */
    private List<Surroundings.SeenStatement> statements() {
        Optional<String> schema = session.query("""
                SELECT n.nspname::text AS schema FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
                WHERE e.extname = 'pg_stat_statements'
                  AND EXISTS (SELECT FROM pg_settings WHERE name = 'pg_stat_statements.max')
                """).stream().map(row -> row.getString("schema")).findFirst();
        if (schema.isEmpty() || !readable(schema.get() + ".pg_stat_statements")) {
            return List.of();
        }
        List<Surroundings.SeenStatement> statements = new ArrayList<>();
        for (Row row : session.query("""
                SELECT DISTINCT queryid::text AS id, query FROM %s.pg_stat_statements
                WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
                  AND queryid IS NOT NULL AND query ~* '(select|returning)' LIMIT 5000
                """.formatted(Identifier.quote(schema.get())))) {
            statements.add(new Surroundings.SeenStatement(row.getString("id"), row.getString("query")));
        }
        return statements;
    }

    private List<Surroundings.Consumer> consumers() {
        List<Surroundings.Consumer> consumers = new ArrayList<>();
        for (Row row : session.query("""
                WITH published AS (
                  SELECT p.pubname, t.schemaname, t.tablename FROM pg_publication p
                  JOIN pg_publication_tables t ON t.pubname = p.pubname WHERE p.pubname !~ '^lockkeeper_'
                )
                SELECT format('publication %s', pubname) AS name, schemaname::text AS schema, tablename::text AS relation
                FROM published
                UNION ALL
                SELECT format('slot %s (%s)', s.slot_name, s.plugin), n.nspname, c.relname
                FROM pg_replication_slots s, pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE s.slot_type = 'logical' AND s.database = current_database() AND s.slot_name !~ '^lockkeeper_'
                  AND c.relkind IN ('r', 'p') AND n.nspname !~ $1::text
                UNION ALL
                SELECT format('subscription %s', s.subname), n.nspname, c.relname
                FROM pg_subscription_rel r JOIN pg_subscription s ON s.oid = r.srsubid
                JOIN pg_class c ON c.oid = r.srrelid JOIN pg_namespace n ON n.oid = c.relnamespace
                UNION ALL
                SELECT DISTINCT format('materialized view %s.%s', vn.nspname, v.relname), n.nspname, c.relname
                FROM pg_depend d JOIN pg_rewrite w ON w.oid = d.objid JOIN pg_class v ON v.oid = w.ev_class
                JOIN pg_namespace vn ON vn.oid = v.relnamespace
                JOIN pg_class c ON c.oid = d.refobjid JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass AND v.relkind = 'm'
                  AND c.oid <> v.oid
                """, CatalogReader.SYSTEM)) {
            consumers.add(new Surroundings.Consumer(row.getString("name"),
                    RelationName.of(row.getString("schema"), row.getString("relation"))));
        }
        return consumers;
    }

    /** Those that fire in ordinary sessions. */
    private List<String> eventTriggers() {
        return session.query("""
                SELECT format('%s (%s%s, runs %s.%s)', t.evtname, t.evtevent,
                  ' for ' || array_to_string(t.evttags, ', '), n.nspname, p.proname) AS words
                FROM pg_event_trigger t JOIN pg_proc p ON p.oid = t.evtfoid JOIN pg_namespace n ON n.oid = p.pronamespace
                WHERE t.evtenabled IN ('O', 'A') ORDER BY t.evtname
                """).stream().map(row -> row.getString("words")).toList();
    }

    private boolean readable(String relation) {
        return session.query("""
                SELECT coalesce(has_schema_privilege(c.relnamespace, 'USAGE') AND has_table_privilege(c.oid, 'SELECT'),
                  false) AS readable FROM pg_class c WHERE c.oid = to_regclass($1)
                """, relation).stream().anyMatch(row -> row.getBoolean("readable"));
    }
}
