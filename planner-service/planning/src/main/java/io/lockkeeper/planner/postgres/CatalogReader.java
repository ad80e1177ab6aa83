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
                    AND (t.typnotnull OR EXISTS (SELECT FROM pg_constraint k WHERE k.contypid = t.oid))))::text AS json
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
        return rows(Relation.class, """
                SELECT json_build_object(
                  'name', json_build_object('schema', n.nspname, 'name', c.relname),
                  'kind', CASE c.relkind WHEN 'r' THEN 'TABLE' WHEN 'p' THEN 'PARTITIONED_TABLE' WHEN 'v' THEN 'VIEW'
                     WHEN 'm' THEN 'MATERIALIZED_VIEW' WHEN 'f' THEN 'FOREIGN_TABLE' WHEN 'S' THEN 'SEQUENCE'
                     ELSE 'COMPOSITE' END,
                  'logged', c.relpersistence = 'p',
                  'partition', (SELECT json_build_object(
                       'parent', (SELECT json_build_object('schema', pn.nspname, 'name', p.relname)
                          FROM pg_inherits h JOIN pg_class p ON p.oid = h.inhparent
                          JOIN pg_namespace pn ON pn.oid = p.relnamespace WHERE h.inhrelid = c.oid),
                       'bound', pg_get_expr(c.relpartbound, c.oid),
                       -- A hash bound names its parent by oid, which another database does not know.
                       'constraint', (SELECT string_agg(CASE WHEN n = 1 THEN part ELSE (
                          SELECT quote_literal(format('%I.%I', hn.nspname, h.relname)) || '::regclass'
                            || substring(part, '::oid(.*)$')
                          FROM pg_class h JOIN pg_namespace hn ON hn.oid = h.relnamespace
                          WHERE h.oid = substring(part, '^\\d+')::oid) END, 'satisfies_hash_partition(' ORDER BY n)
                          FROM unnest(string_to_array(pg_get_partition_constraintdef(c.oid),
                             'satisfies_hash_partition(''')) WITH ORDINALITY AS u(part, n)),
                       'strategy', CASE t.partstrat WHEN 'r' THEN 'RANGE' WHEN 'l' THEN 'LIST' WHEN 'h' THEN 'HASH' END,
                       'key', (SELECT json_agg(coalesce(a.attname, '') ORDER BY key.place)
                          FROM unnest(t.partattrs::smallint[]) WITH ORDINALITY AS key(attnum, place)
                          LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = key.attnum AND key.attnum > 0),
                       'indexes', (SELECT json_object_agg(i.relname, p.relname) FROM pg_index x
                          JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_inherits h ON h.inhrelid = i.oid
                          JOIN pg_class p ON p.oid = h.inhparent WHERE x.indrelid = c.oid),
                       'constraints', (SELECT json_agg(k.conname) FROM pg_constraint k
                          WHERE k.conrelid = c.oid AND k.coninhcount > 0 AND NOT k.conislocal AND k.contype <> 'n'))
                     FROM (SELECT) AS one LEFT JOIN pg_partitioned_table t ON t.partrelid = c.oid
                     WHERE c.relispartition OR c.relkind = 'p'),
                  'inherits', NOT c.relispartition AND EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = c.oid
                     OR i.inhparent = c.oid AND c.relkind <> 'p'),
                  'properties', json_build_object(
                     'definition', CASE c.relkind WHEN 'v' THEN pg_get_viewdef(c.oid) WHEN 'm' THEN pg_get_viewdef(c.oid)
                        WHEN 'S' THEN (SELECT format('AS %s INCREMENT BY %s MINVALUE %s MAXVALUE %s START WITH %s CACHE %s %s',
                           format_type(s.seqtypid, NULL), s.seqincrement, s.seqmin, s.seqmax, s.seqstart, s.seqcache,
                           CASE WHEN s.seqcycle THEN 'CYCLE' ELSE 'NO CYCLE' END)
                           FROM pg_sequence s WHERE s.seqrelid = c.oid) END,
                     'options', to_json(c.reloptions || (SELECT array_agg('toast.' || o) FROM pg_class t, unnest(t.reloptions) AS o
                        WHERE t.oid = c.reltoastrelid)),
                     'security', CASE WHEN c.relrowsecurity AND c.relforcerowsecurity THEN 'FORCED'
                        WHEN c.relrowsecurity THEN 'ON' ELSE 'OFF' END,
                     'policies', (SELECT json_agg(json_build_object('name', y.polname, 'definition',
                           format('CREATE POLICY %I ON %I.%I AS %s FOR %s TO %s%s%s', y.polname, n.nspname, c.relname,
                              CASE WHEN y.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
                              CASE y.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE'
                                 WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
                              (SELECT string_agg(coalesce(quote_ident(g.rolname), 'PUBLIC'), ', ' ORDER BY g.rolname)
                                 FROM unnest(y.polroles) AS u(role) LEFT JOIN pg_roles g ON g.oid = u.role),
                              ' USING (' || pg_get_expr(y.polqual, y.polrelid) || ')',
                              ' WITH CHECK (' || pg_get_expr(y.polwithcheck, y.polrelid) || ')')) ORDER BY y.polname)
                        FROM pg_policy y WHERE y.polrelid = c.oid),
                     'statistics', (SELECT json_agg(json_build_object(
                           'name', format('"%s"."%s"', replace(sn.nspname, '"', '""'), replace(e.stxname, '"', '""')),
                           'definition', pg_get_statisticsobjdef(e.oid)) ORDER BY e.stxname)
                        FROM pg_statistic_ext e JOIN pg_namespace sn ON sn.oid = e.stxnamespace
                        WHERE e.stxrelid = c.oid),
                     'populated', c.relispopulated),
                  'replicaIdentity', CASE c.relreplident WHEN 'd' THEN 'DEFAULT' WHEN 'n' THEN 'NOTHING'
                     WHEN 'f' THEN 'FULL' ELSE 'INDEX' END,
                  'extensionMember', EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
                     AND d.objid = c.oid AND d.deptype = 'e'),
                  'rows', greatest(c.reltuples, 0)::bigint,
                  'bytes', greatest(c.relpages, 0)::bigint * current_setting('block_size')::bigint,
                  'created', false,
                  'comment', obj_description(c.oid, 'pg_class'),
                  'grants', (SELECT json_agg(json_build_object('privilege', a.privilege_type,
                        'grantee', coalesce(quote_ident(r.rolname), 'PUBLIC'), 'grantable', a.is_grantable)
                        ORDER BY r.rolname, a.privilege_type)
                     FROM aclexplode(c.relacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
                     WHERE a.grantee <> c.relowner),
                  'columns', (SELECT json_agg(column_json ORDER BY attnum) FROM (
                     SELECT a.attnum, json_build_object(
                       'name', a.attname,
                       'type', json_build_object('base', json_build_object('schema', tn.nspname, 'name', t.typname),
                          'sql', format_type(a.atttypid, a.atttypmod)),
                       'notNull', a.attnotnull AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid
                          AND k.contype = 'n' AND k.conkey[1] = a.attnum AND NOT k.convalidated),
                       'notNullConstraint', (SELECT k.conname FROM pg_constraint k
                          WHERE k.conrelid = c.oid AND k.contype = 'n' AND k.conkey[1] = a.attnum),
                       'defaultExpression', CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END,
                       'generation', CASE WHEN a.attidentity = 'a' THEN 'IDENTITY_ALWAYS'
                          WHEN a.attidentity = 'd' THEN 'IDENTITY_BY_DEFAULT' WHEN a.attgenerated = 's' THEN 'STORED'
                          WHEN a.attgenerated <> '' THEN 'VIRTUAL' ELSE 'NONE' END,
                       'collation', CASE WHEN a.attcollation <> t.typcollation THEN (
                          SELECT quote_ident(cn.nspname) || '.' || quote_ident(co.collname)
                          FROM pg_collation co JOIN pg_namespace cn ON cn.oid = co.collnamespace
                          WHERE co.oid = a.attcollation) END,
                       'comment', col_description(c.oid, a.attnum),
                       'grants', (SELECT json_agg(json_build_object('privilege', x.privilege_type,
                             'grantee', coalesce(quote_ident(r.rolname), 'PUBLIC'), 'grantable', x.is_grantable)
                             ORDER BY r.rolname, x.privilege_type)
                          FROM aclexplode(a.attacl) x LEFT JOIN pg_roles r ON r.oid = x.grantee
                          WHERE x.grantee <> c.relowner),
                       'settings', to_json(array_remove(ARRAY[
                          CASE WHEN coalesce(a.attstattarget, -1) >= 0 THEN 'SET STATISTICS ' || a.attstattarget END,
                          CASE WHEN a.attstorage <> t.typstorage THEN 'SET STORAGE ' || CASE a.attstorage
                             WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'x' THEN 'EXTENDED' ELSE 'MAIN' END END,
                          CASE a.attcompression WHEN 'p' THEN 'SET COMPRESSION pglz' WHEN 'l' THEN 'SET COMPRESSION lz4'
                             END,
                          'SET (' || array_to_string(a.attoptions, ', ') || ')'], NULL)),
                       'ownedSequence', (SELECT json_build_object('schema', sn.nspname, 'name', s.relname)
                          FROM pg_depend o JOIN pg_class s ON s.oid = o.objid AND s.relkind = 'S'
                          JOIN pg_namespace sn ON sn.oid = s.relnamespace
                          WHERE o.classid = 'pg_class'::regclass AND o.refclassid = 'pg_class'::regclass
                            AND o.refobjid = c.oid AND o.refobjsubid = a.attnum AND o.deptype IN ('a', 'i') LIMIT 1),
                       'identityOptions', (SELECT concat_ws(' ', 'START WITH', q.seqstart, 'INCREMENT BY', q.seqincrement,
                             CASE WHEN q.seqincrement < 0 AND q.seqmin IN (-32768, -2147483648, -9223372036854775808)
                               THEN 'NO MINVALUE' ELSE 'MINVALUE ' || q.seqmin END,
                             CASE WHEN q.seqincrement > 0 AND q.seqmax IN (32767, 2147483647, 9223372036854775807)
                               THEN 'NO MAXVALUE' ELSE 'MAXVALUE ' || q.seqmax END,
                             'CACHE', q.seqcache, CASE WHEN q.seqcycle THEN 'CYCLE' ELSE 'NO CYCLE' END)
                          FROM pg_depend o JOIN pg_sequence q ON q.seqrelid = o.objid
                          WHERE o.classid = 'pg_class'::regclass AND o.refclassid = 'pg_class'::regclass
                            AND o.refobjid = c.oid AND o.refobjsubid = a.attnum AND o.deptype = 'i'),
                       'dependents', (SELECT json_agg(DISTINCT jsonb_build_object('kind', kind, 'description', description))
                          FROM dependents p WHERE p.refobjid = c.oid AND p.refobjsubid = a.attnum)) AS column_json
                     FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
                     JOIN pg_namespace tn ON tn.oid = t.typnamespace
                     LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
                     WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND c.relkind <> 'S') AS listed),
                  'constraints', (SELECT json_agg(json_build_object(
                       'name', k.conname,
                       'type', CASE k.contype WHEN 'p' THEN 'PRIMARY_KEY' WHEN 'u' THEN 'UNIQUE' WHEN 'c' THEN 'CHECK'
                          WHEN 'f' THEN 'FOREIGN_KEY' WHEN 'x' THEN 'EXCLUDE' ELSE 'TRIGGER' END,
                       'columns', (SELECT json_agg(a.attname ORDER BY key.place)
                          FROM unnest(k.conkey) WITH ORDINALITY AS key(attnum, place)
                          JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = key.attnum),
                       'definition', pg_get_constraintdef(k.oid),
                       'validated', k.convalidated,
                       'comment', obj_description(k.oid, 'pg_constraint'),
                       'index', CASE WHEN k.contype IN ('p', 'u', 'x') THEN
                          (SELECT i.relname FROM pg_class i WHERE i.oid = k.conindid) END,
                       'references', (SELECT json_build_object('schema', fn.nspname, 'name', f.relname)
                          FROM pg_class f JOIN pg_namespace fn ON fn.oid = f.relnamespace WHERE f.oid = k.confrelid),
                       'referencedColumns', (SELECT json_agg(a.attname ORDER BY key.place)
                          FROM unnest(k.confkey) WITH ORDINALITY AS key(attnum, place)
                          JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = key.attnum))
                       ORDER BY k.conname)
                     FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype <> 'n'),
                  'indexes', (SELECT json_agg(json_build_object(
                       'name', ic.relname,
                       'definition', pg_get_indexdef(i.indexrelid),
                       'keys', (SELECT json_agg(coalesce(a.attname, '') ORDER BY key.place)
                          FROM unnest(i.indkey::smallint[]) WITH ORDINALITY AS key(attnum, place)
                          LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = key.attnum AND key.attnum > 0
                          WHERE key.place <= i.indnkeyatts),
                       'mentions', (SELECT json_agg(a.attname) FROM pg_attribute a
                          WHERE a.attrelid = c.oid AND a.attnum > 0 AND (a.attnum = ANY (i.indkey::smallint[])
                             OR EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
                                AND d.objid = i.indexrelid AND d.refclassid = 'pg_class'::regclass
                                AND d.refobjid = c.oid AND d.refobjsubid = a.attnum))),
                       'unique', i.indisunique,
                       'valid', i.indisvalid AND i.indisready,
                       'constraint', (SELECT k.conname FROM pg_constraint k
                          WHERE k.conindid = i.indexrelid AND k.conrelid = c.oid AND k.contype IN ('p', 'u', 'x')),
                       'replicaIdentity', i.indisreplident,
                       'clustered', i.indisclustered,
                       'computed', i.indexprs IS NOT NULL OR i.indpred IS NOT NULL,
                       'tablespace', ic.reltablespace <> 0,
                       'comment', obj_description(i.indexrelid, 'pg_class')) ORDER BY ic.relname)
                     FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid WHERE i.indrelid = c.oid),
                  'triggers', (SELECT json_agg(json_build_object(
                       'name', t.tgname,
                       'before', (t.tgtype & 2) <> 0,
                       'row', (t.tgtype & 1) <> 0,
                       'update', (t.tgtype & 16) <> 0,
                       'enabled', t.tgenabled <> 'D',
                       'function', json_build_object('schema', pn.nspname, 'name', p.proname)) ORDER BY t.tgname)
                     FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
                     JOIN pg_namespace pn ON pn.oid = p.pronamespace
                     WHERE t.tgrelid = c.oid AND NOT t.tgisinternal),
                  'dependents', (SELECT json_agg(DISTINCT jsonb_build_object('kind', kind, 'description', description))
                     FROM dependents p WHERE p.refobjid = c.oid AND p.refobjsubid = 0)
                )::text AS json
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname !~ $1::text AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
                """.replaceFirst("^SELECT", "WITH dependents AS (" + DEPENDENTS + ") SELECT"));
    }

    /**
     * What needs a relation or one of its columns, without what is told elsewhere: its constraints, indexes, sequences
     * and its own defaults. A generated column depends by {@code pg_class} until 14, by {@code pg_attrdef} from 15 on.
     */
    private static final String DEPENDENTS = """
            SELECT refobjid, refobjsubid, kind,
              CASE kind WHEN 'VIEW' THEN 'view ' || (SELECT ev_class::regclass FROM pg_rewrite WHERE oid = objid)
                WHEN 'GENERATED_COLUMN' THEN 'a generated column' ELSE pg_describe_object(classid, objid, objsubid) END
                AS description
            FROM (
              SELECT d.refobjid, d.refobjsubid, d.classid, d.objid, d.objsubid,
                CASE d.classid WHEN 'pg_rewrite'::regclass THEN 'VIEW' WHEN 'pg_policy'::regclass THEN 'POLICY'
                  WHEN 'pg_trigger'::regclass THEN 'TRIGGER' WHEN 'pg_publication_rel'::regclass THEN 'PUBLICATION'
                  WHEN 'pg_statistic_ext'::regclass THEN 'STATISTICS' WHEN 'pg_proc'::regclass THEN 'ROUTINE'
                  WHEN 'pg_attrdef'::regclass THEN 'GENERATED_COLUMN' WHEN 'pg_class'::regclass THEN 'GENERATED_COLUMN'
                  ELSE 'OTHER' END AS kind
              FROM pg_depend d
              WHERE d.refclassid = 'pg_class'::regclass AND d.classid NOT IN ('pg_constraint'::regclass,
                  'pg_type'::regclass) AND d.deptype IN ('n', 'a')
                AND (d.refobjsubid > 0 OR d.classid IN ('pg_rewrite'::regclass, 'pg_proc'::regclass))
                AND NOT (d.classid = 'pg_class'::regclass AND (d.objid <> d.refobjid OR d.objsubid = 0))
                AND NOT (d.classid = 'pg_attrdef'::regclass AND EXISTS (SELECT FROM pg_attrdef own
                  WHERE own.oid = d.objid AND own.adrelid = d.refobjid AND own.adnum = d.refobjsubid))
                AND NOT (d.classid = 'pg_rewrite'::regclass
                  AND EXISTS (SELECT FROM pg_rewrite own WHERE own.oid = d.objid AND own.ev_class = d.refobjid))
              UNION ALL
              SELECT t.typrelid, 0, d.classid, d.objid, d.objsubid, CASE d.classid WHEN 'pg_proc'::regclass THEN 'ROUTINE'
                ELSE 'ROW_TYPE' END
              FROM pg_depend d JOIN pg_type t ON d.refclassid = 'pg_type'::regclass AND d.refobjid = t.oid
              WHERE t.typrelid <> 0 AND d.deptype = 'n'
            ) AS found""";

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
                     AND b.proname = p.proname AND b.proargtypes = p.proargtypes)
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
