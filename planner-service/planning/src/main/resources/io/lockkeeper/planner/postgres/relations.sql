-- Relations as the planner knows them: one row each, as JSON in the shape of its record. Sizes come from pg_class, never
-- from the files, so that nothing waits behind a lock on a table. PostgreSQL 14 to 18.
WITH dependents AS (
  -- What needs a relation or one of its columns, without what is told elsewhere: its constraints, indexes, sequences and
  -- its own defaults. A generated column depends by pg_class until 14, by pg_attrdef from 15 on.
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
  ) AS found
)
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
          WHERE h.oid = substring(part, '^\d+')::oid) END, 'satisfies_hash_partition(' ORDER BY n)
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
       'firing', CASE t.tgenabled WHEN 'D' THEN 'DISABLED' WHEN 'R' THEN 'REPLICA' WHEN 'A' THEN 'ALWAYS'
          ELSE 'ORIGIN' END,
       'definition', pg_get_triggerdef(t.oid),
       'function', json_build_object('schema', pn.nspname, 'name', p.proname)) ORDER BY t.tgname)
     FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
     JOIN pg_namespace pn ON pn.oid = p.pronamespace
     WHERE t.tgrelid = c.oid AND NOT t.tgisinternal),
  'dependents', (SELECT json_agg(DISTINCT jsonb_build_object('kind', kind, 'description', description))
     FROM dependents p WHERE p.refobjid = c.oid AND p.refobjsubid = 0)
)::text AS json
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname !~ $1::text AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
