package io.lockkeeper.planner.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.vertx.sqlclient.Row;

import io.lockkeeper.messages.MessageJson;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Cast;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Inheritance;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Routine;
import io.lockkeeper.planner.catalog.Symbols;
import io.lockkeeper.planner.catalog.Type;
import io.lockkeeper.planner.catalog.Volatility;
import io.lockkeeper.target.Session;

/**
 * Reads a target's catalog. Each row comes as JSON in the shape of its record. Sizes come from {@code pg_class}, never
 * from the files, so that nothing waits behind a lock on a table. Works on PostgreSQL 14 to 18.
 */
final class CatalogReader {

    /** Schemas that no release is about. */
    static final String SYSTEM = "^(pg_.*|information_schema|lockkeeper.*)$";

    private final Session session;

    /** @param session in a read-only transaction with one snapshot, under {@code search_path = pg_catalog} */
    CatalogReader(Session session) {
        this.session = session;
    }

    Catalog read() {
        Row server = session.query("""
                SELECT current_setting('server_version_num')::int AS version,
                  (SELECT reset_val FROM pg_settings WHERE name = 'TimeZone') AS time_zone
                """).get(0);
        Map<RelationName, Relation> relations = new TreeMap<>();
        for (Relation relation : relations()) {
            relations.put(relation.name(), relation);
        }
        Map<RelationName, Type> types = new TreeMap<>();
        for (Type type : types()) {
            types.put(type.name(), type);
        }
        return new Catalog(server.getInteger("version"), schemas(), relations,
                routines(), types, symbols(), Set.of(), server.getString("time_zone"), inheritance());
    }

    private Set<Inheritance> inheritance() {
        return Set.copyOf(rows(Inheritance.class, """
                SELECT json_build_object(
                  'child', json_build_object('schema', cn.nspname, 'name', c.relname),
                  'parent', json_build_object('schema', pn.nspname, 'name', p.relname),
                  'bound', pg_get_expr(c.relpartbound, c.oid))::text AS json
                FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_namespace cn ON cn.oid = c.relnamespace
                JOIN pg_class p ON p.oid = i.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace
                WHERE cn.nspname !~ $1::text
                """));
    }

    private Map<RelationName, Symbols.Domain> domains() {
        return rows(Symbols.Domain.class, """
                WITH RECURSIVE below AS (
                  SELECT oid AS domain, oid AS type FROM pg_type WHERE typtype = 'd'
                  UNION ALL SELECT b.domain, t.typbasetype FROM below b JOIN pg_type t ON t.oid = b.type
                  WHERE t.typtype = 'd')
                SELECT json_build_object('name', json_build_object('schema', n.nspname, 'name', d.typname),
                  'base', (SELECT json_build_object('base', json_build_object('schema', tn.nspname, 'name', t.typname),
                      'sql', format_type(t.oid, d.typtypmod))
                    FROM below b JOIN pg_type t ON t.oid = b.type JOIN pg_namespace tn ON tn.oid = t.typnamespace
                    WHERE b.domain = d.oid AND t.typtype <> 'd'),
                  'constrained', EXISTS (SELECT FROM below b JOIN pg_type t ON t.oid = b.type WHERE b.domain = d.oid
                    AND (t.typnotnull OR EXISTS (SELECT FROM pg_constraint k WHERE k.contypid = t.oid))),
                  'notNull', d.typnotnull, 'defaultExpression', pg_get_expr(d.typdefaultbin, 0),
                  'checks', (SELECT json_agg(json_build_object('name', k.conname,
                      'definition', pg_get_constraintdef(k.oid)) ORDER BY k.conname)
                    FROM pg_constraint k WHERE k.contypid = d.oid AND k.contype = 'c'))::text AS json
                FROM pg_type d JOIN pg_namespace n ON n.oid = d.typnamespace
                WHERE d.typtype = 'd' AND n.nspname !~ $1::text
                """).stream().collect(Collectors.toMap(Symbols.Domain::name, domain -> domain));
    }

    private Set<String> schemas() {
        Set<String> names = new TreeSet<>();
        session.query("SELECT nspname::text AS name FROM pg_namespace WHERE nspname !~ $1::text", SYSTEM)
                .forEach(row -> names.add(row.getString("name")));
        return names;
    }

    private List<Relation> relations() {
        return rows(Relation.class, SqlResource.RELATIONS);
    }

    private List<Routine> routines() {
        return rows(Routine.class, """
                SELECT json_build_object(
                  'name', json_build_object('schema', n.nspname, 'name', p.proname),
                  'kind', CASE p.prokind WHEN 'p' THEN 'PROCEDURE' WHEN 'a' THEN 'AGGREGATE' WHEN 'w' THEN 'WINDOW'
                     ELSE 'FUNCTION' END,
                  'argumentTypes', (SELECT json_agg(format_type(type, NULL) ORDER BY place)
                     FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY AS input(type, place)),
                  'result', CASE WHEN p.prorettype <> 0 AND NOT (p.prokind = 'p' AND p.proargmodes IS NULL)
                     THEN format_type(p.prorettype, NULL) END,
                  'volatility', CASE p.provolatile WHEN 'i' THEN 'IMMUTABLE' WHEN 's' THEN 'STABLE' ELSE 'VOLATILE' END,
                  'body', CASE WHEN l.lanname IN ('c', 'internal') THEN '' ELSE p.prosrc END,
                  'definition', CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) END,
                  'extensionMember', EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass
                     AND d.objid = p.oid AND d.deptype = 'e'),
                  'shadowsBuiltin', EXISTS (SELECT FROM pg_proc b WHERE b.pronamespace = 'pg_catalog'::regnamespace
                     AND b.proname = p.proname AND b.proargtypes = p.proargtypes),
                  'standing', json_build_object('owner', quote_ident(pg_get_userbyid(p.proowner)),
                     'grants', CASE WHEN p.proacl IS NOT NULL THEN (SELECT coalesce(json_agg(json_build_object(
                         'privilege', a.privilege_type, 'grantee', coalesce(quote_ident(r.rolname), 'PUBLIC'),
                         'grantable', a.is_grantable) ORDER BY a.place), '[]')
                       FROM aclexplode(p.proacl) WITH ORDINALITY
                         AS a(grantor, grantee, privilege_type, is_grantable, place)
                       LEFT JOIN pg_roles r ON r.oid = a.grantee) END,
                     'comment', obj_description(p.oid, 'pg_proc'),
                     'dependents', (SELECT json_agg(DISTINCT CASE
                         WHEN d.classid = 'pg_rewrite'::regclass
                         THEN 'view ' || (SELECT ev_class::regclass FROM pg_rewrite WHERE oid = d.objid)
                         ELSE pg_describe_object(d.classid, d.objid, d.objsubid) END)
                       FROM pg_depend d WHERE d.refclassid = 'pg_proc'::regclass AND d.refobjid = p.oid
                         AND d.deptype IN ('n', 'a')))
                )::text AS json
                FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
                WHERE n.nspname !~ $1::text
                ORDER BY n.nspname, p.proname, p.oid
                """);
    }

    private List<Type> types() {
        return rows(Type.class, """
                SELECT json_build_object('name', json_build_object('schema', n.nspname, 'name', t.typname),
                  'sql', format_type(t.oid, NULL),
                  'kind', CASE t.typtype WHEN 'c' THEN 'COMPOSITE' WHEN 'd' THEN 'DOMAIN' WHEN 'e' THEN 'ENUM'
                     WHEN 'r' THEN 'RANGE' WHEN 'm' THEN 'RANGE' WHEN 'p' THEN 'PSEUDO' ELSE 'BASE' END,
                  'category', t.typcategory,
                  'labels', (SELECT json_agg(e.enumlabel) FROM pg_enum e WHERE e.enumtypid = t.oid),
                  'constrained', t.typtype = 'd' AND EXISTS (
                     WITH RECURSIVE below AS (SELECT t.oid, t.typbasetype, t.typnotnull, t.typdefault, t.typtype
                       UNION ALL SELECT b.oid, b.typbasetype, b.typnotnull, b.typdefault, b.typtype
                       FROM below JOIN pg_type b ON b.oid = below.typbasetype)
                     SELECT FROM below WHERE typtype = 'd' AND (typnotnull OR typdefault IS NOT NULL
                       OR EXISTS (SELECT FROM pg_constraint k WHERE k.contypid = below.oid))))::text AS json
                FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
                WHERE (n.nspname !~ $1::text OR n.nspname = 'pg_catalog')
                  AND (t.typrelid = 0 OR n.nspname <> 'pg_catalog') AND t.typcategory <> 'A'
                """);
    }

    private Symbols symbols() {
        Map<String, Volatility> functions = session.query("""
                SELECT proname::text AS name, max(CASE provolatile WHEN 'i' THEN 0 WHEN 's' THEN 1 ELSE 2 END) AS worst
                FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace GROUP BY proname
                """).stream().collect(Collectors.toMap(row -> row.getString("name"),
                row -> Volatility.values()[row.getInteger("worst")]));
        List<Cast> casts = rows(Cast.class, """
                SELECT json_build_object('source', json_build_object('schema', sn.nspname, 'name', s.typname),
                  'target', json_build_object('schema', tn.nspname, 'name', t.typname),
                  'implicit', c.castcontext = 'i', 'binary', c.castmethod = 'b',
                  'volatility', CASE coalesce(p.provolatile::text, CASE WHEN c.castmethod = 'b' THEN 'i' ELSE 's' END)
                     WHEN 'i' THEN 'IMMUTABLE' WHEN 's' THEN 'STABLE' ELSE 'VOLATILE' END)::text AS json
                FROM pg_cast c JOIN pg_type s ON s.oid = c.castsource JOIN pg_namespace sn ON sn.oid = s.typnamespace
                JOIN pg_type t ON t.oid = c.casttarget JOIN pg_namespace tn ON tn.oid = t.typnamespace
                LEFT JOIN pg_proc p ON p.oid = c.castfunc
                WHERE $1::text <> ''
                """);
        return new Symbols(functions, casts,
                names("SELECT DISTINCT oprname::text AS name, '' AS schema FROM pg_operator o"
                        + " JOIN pg_namespace n ON n.oid = o.oprnamespace WHERE n.nspname !~ $1::text").stream()
                        .map(name -> name.get(1)).collect(Collectors.toSet()),
                qualified("SELECT n.nspname::text AS schema, collname::text AS name FROM pg_collation c"
                        + " JOIN pg_namespace n ON n.oid = c.collnamespace WHERE n.nspname !~ $1::text"),
                qualified("SELECT n.nspname::text AS schema, opcname::text AS name FROM pg_opclass o"
                        + " JOIN pg_namespace n ON n.oid = o.opcnamespace WHERE n.nspname !~ $1::text"),
                domains(),
                session.query("""
                        SELECT DISTINCT proname::text AS name FROM pg_proc
                        WHERE pronamespace = 'pg_catalog'::regnamespace AND prokind IN ('a', 'w')
                        """).stream().map(row -> row.getString("name")).collect(Collectors.toSet()));
    }

    private Set<RelationName> qualified(String sql) {
        return names(sql).stream().map(name -> RelationName.of(name.get(0), name.get(1)))
                .collect(Collectors.toSet());
    }

    private List<List<String>> names(String sql) {
        return session.query(sql, SYSTEM).stream().map(row -> List.of(row.getString("schema"), row.getString("name")))
                .toList();
    }

    private <T> List<T> rows(Class<T> type, String sql) {
        List<T> all = new ArrayList<>();
        for (Row row : session.query(sql, SYSTEM)) {
            try {
                all.add(MessageJson.mapper().readValue(row.getString("json"), type));
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("the catalog query and " + type.getSimpleName() + " do not fit", e);
            }
        }
        return all;
    }
}
