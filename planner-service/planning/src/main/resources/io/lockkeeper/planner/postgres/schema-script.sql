-- Statements that make a schema like this one in an empty database, in an order that mostly fits: what needs something
-- that comes later is tried again by who runs them. Reads the catalog alone, takes no lock on a table and needs no right
-- on one. Owners but those of routines, who decide whose rights a body has, are left out, because they change neither locks
-- nor rewrites; so are rows. PostgreSQL 14 to 18.
WITH spaces AS (
  SELECT oid, nspname FROM pg_namespace WHERE nspname !~ '^(pg_.*|information_schema|lockkeeper.*)$'
), members AS (
  SELECT classid, objid FROM pg_depend WHERE deptype = 'e'
), relations AS (
  SELECT c.*, format('%I.%I', s.nspname, c.relname) AS place FROM pg_class c JOIN spaces s ON s.oid = c.relnamespace
  WHERE NOT EXISTS (SELECT FROM members m WHERE m.classid = 'pg_class'::regclass AND m.objid = c.oid)
), tables AS (
  SELECT * FROM relations WHERE relkind IN ('r', 'p')
), grants AS (
  SELECT r.place, r.relkind, '' AS columns, a.* FROM relations r, aclexplode(r.relacl) a
    WHERE a.grantee <> r.relowner AND r.relkind IN ('r', 'p', 'v', 'm', 'S')
  UNION ALL
  SELECT r.place, r.relkind, format(' (%I)', t.attname), a.* FROM relations r
    JOIN pg_attribute t ON t.attrelid = r.oid, aclexplode(t.attacl) a WHERE a.grantee <> r.relowner
), routines AS (
  SELECT p.*, p.oid::regprocedure::text AS place FROM pg_proc p JOIN spaces s ON s.oid = p.pronamespace
  WHERE NOT EXISTS (SELECT FROM members m WHERE m.classid = 'pg_proc'::regclass AND m.objid = p.oid)
), calls AS (
  SELECT r.place, r.proowner, a.* FROM routines r, aclexplode(r.proacl) WITH ORDINALITY
    AS a(grantor, grantee, privilege_type, is_grantable, number)
), roles AS (
  SELECT grantee AS role FROM grants UNION SELECT unnest(polroles) FROM pg_policy
  UNION SELECT proowner FROM routines UNION SELECT grantee FROM calls
)
SELECT what, sql, ordinal >= 100 AS over FROM (
  SELECT 10 AS ordinal, 'role ' || rolname AS what, format('DO %L', format(
    'BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = %L) THEN CREATE ROLE %I NOLOGIN; END IF; END', rolname,
    rolname)) AS sql
  FROM pg_roles JOIN roles ON role = oid
  UNION ALL
  SELECT 20, 'schema ' || nspname, format('CREATE SCHEMA IF NOT EXISTS %I', nspname) FROM spaces s
  WHERE NOT EXISTS (SELECT FROM members m WHERE m.classid = 'pg_namespace'::regclass AND m.objid = s.oid)
  UNION ALL
  SELECT 30, 'extension ' || extname, format('CREATE EXTENSION IF NOT EXISTS %I SCHEMA %I', extname, n.nspname)
  FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
  UNION ALL
  SELECT 40, 'type ' || format_type(t.oid, NULL), CASE t.typtype
    WHEN 'e' THEN format('CREATE TYPE %I.%I AS ENUM (%s)', s.nspname, t.typname, (SELECT
      string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid))
    WHEN 'd' THEN format('CREATE DOMAIN %I.%I AS %s%s%s%s', s.nspname, t.typname,
      format_type(t.typbasetype, t.typtypmod), ' DEFAULT ' || t.typdefault,
      CASE WHEN t.typnotnull THEN ' NOT NULL' END, (SELECT string_agg(format(' CONSTRAINT %I %s', k.conname,
        pg_get_constraintdef(k.oid)), '') FROM pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c'
        AND k.convalidated))
    WHEN 'r' THEN format('CREATE TYPE %I.%I AS RANGE (SUBTYPE = %s)', s.nspname, t.typname,
      (SELECT format_type(r.rngsubtype, NULL) FROM pg_range r WHERE r.rngtypid = t.oid))
    ELSE format('CREATE TYPE %I.%I AS (%s)', s.nspname, t.typname, (SELECT
      string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' ORDER BY a.attnum)
      FROM pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped)) END
  FROM pg_type t JOIN spaces s ON s.oid = t.typnamespace
  WHERE (t.typtype IN ('e', 'd', 'r') OR t.typtype = 'c' AND EXISTS (
      SELECT FROM pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c'))
    AND NOT EXISTS (SELECT FROM members m WHERE m.classid = 'pg_type'::regclass AND m.objid = t.oid)
  UNION ALL
  SELECT 45, 'constraint ' || k.conname, format('ALTER DOMAIN %s ADD CONSTRAINT %I %s', k.contypid::regtype, k.conname,
    pg_get_constraintdef(k.oid))
  FROM pg_constraint k JOIN spaces s ON s.oid = k.connamespace
  WHERE k.contypid <> 0 AND k.contype = 'c' AND NOT k.convalidated
  UNION ALL
  SELECT 50, 'sequence ' || r.place, format(
    'CREATE %sSEQUENCE %s AS %s INCREMENT %s MINVALUE %s MAXVALUE %s START %s CACHE %s%s',
    CASE WHEN r.relpersistence = 'u' THEN 'UNLOGGED ' END, r.place, format_type(q.seqtypid, NULL), q.seqincrement,
    q.seqmin, q.seqmax, q.seqstart, q.seqcache, CASE WHEN q.seqcycle THEN ' CYCLE' END)
  FROM relations r JOIN pg_sequence q ON q.seqrelid = r.oid
  WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = r.oid
    AND d.deptype = 'i')
  UNION ALL
  SELECT 60, 'routine ' || place, pg_get_functiondef(oid) FROM routines WHERE prokind <> 'a'
  UNION ALL
  SELECT 61, 'aggregate ' || r.place, format('CREATE AGGREGATE %s.%I(%s) (%s)', r.pronamespace::regnamespace, r.proname,
    coalesce(nullif(pg_get_function_arguments(r.oid), ''), '*'), concat_ws(', ', 'SFUNC = ' || a.aggtransfn,
    'STYPE = ' || format_type(a.aggtranstype, NULL), 'SSPACE = ' || nullif(a.aggtransspace, 0),
    'FINALFUNC = ' || nullif(a.aggfinalfn::text, '-'), CASE WHEN a.aggfinalextra THEN 'FINALFUNC_EXTRA' END,
    'FINALFUNC_MODIFY = ' || CASE a.aggfinalmodify WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE'
      ELSE 'READ_WRITE' END,
    'COMBINEFUNC = ' || nullif(a.aggcombinefn::text, '-'), 'SERIALFUNC = ' || nullif(a.aggserialfn::text, '-'),
    'DESERIALFUNC = ' || nullif(a.aggdeserialfn::text, '-'), 'INITCOND = ' || quote_literal(a.agginitval),
    'MSFUNC = ' || nullif(a.aggmtransfn::text, '-'), 'MINVFUNC = ' || nullif(a.aggminvtransfn::text, '-'),
    'MSTYPE = ' || format_type(nullif(a.aggmtranstype, 0), NULL), 'MSSPACE = ' || nullif(a.aggmtransspace, 0),
    'MFINALFUNC = ' || nullif(a.aggmfinalfn::text, '-'), CASE WHEN a.aggmfinalextra THEN 'MFINALFUNC_EXTRA' END,
    'MINITCOND = ' || quote_literal(a.aggminitval),
    'SORTOP = ' || (SELECT format('OPERATOR(%s.%s)', o.oprnamespace::regnamespace, o.oprname) FROM pg_operator o
      WHERE o.oid = a.aggsortop),
    'PARALLEL = ' || CASE r.proparallel WHEN 's' THEN 'SAFE' WHEN 'r' THEN 'RESTRICTED' ELSE 'UNSAFE' END,
    CASE WHEN a.aggkind = 'h' THEN 'HYPOTHETICAL' END))
  FROM routines r JOIN pg_aggregate a ON a.aggfnoid = r.oid
  UNION ALL
  SELECT 70, 'table ' || r.place, format('CREATE %sTABLE %s (%s)%s%s',
    CASE WHEN r.relpersistence = 'u' THEN 'UNLOGGED ' END, r.place, (
      SELECT string_agg(format('%I %s%s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
        CASE WHEN a.attcollation <> t.typcollation THEN (SELECT format(' COLLATE %I.%I', cn.nspname, co.collname)
          FROM pg_collation co JOIN pg_namespace cn ON cn.oid = co.collnamespace WHERE co.oid = a.attcollation) END,
        CASE WHEN a.attgenerated = 's' THEN ' GENERATED ALWAYS AS (' || pg_get_expr(d.adbin, d.adrelid) || ') STORED'
          WHEN a.attgenerated <> '' THEN ' GENERATED ALWAYS AS (' || pg_get_expr(d.adbin, d.adrelid) || ') VIRTUAL'
          WHEN a.attidentity <> '' THEN (SELECT format(' GENERATED %s AS IDENTITY (SEQUENCE NAME %s INCREMENT %s'
              || ' MINVALUE %s MAXVALUE %s START %s CACHE %s%s)',
              CASE a.attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END, q.seqrelid::regclass, q.seqincrement,
              q.seqmin, q.seqmax, q.seqstart, q.seqcache, CASE WHEN q.seqcycle THEN ' CYCLE' END)
            FROM pg_depend o JOIN pg_sequence q ON q.seqrelid = o.objid
            WHERE o.classid = 'pg_class'::regclass AND o.refclassid = 'pg_class'::regclass AND o.deptype = 'i'
              AND o.refobjid = a.attrelid AND o.refobjsubid = a.attnum) END,
        CASE WHEN a.attnotnull AND n.oid IS NULL THEN ' NOT NULL'
          WHEN n.convalidated THEN format(' CONSTRAINT %I NOT NULL', n.conname) END), ', ' ORDER BY a.attnum)
      FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
      LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      LEFT JOIN pg_constraint n ON n.conrelid = a.attrelid AND n.contype = 'n' AND n.conkey = ARRAY[a.attnum]
      WHERE a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped),
    ' PARTITION BY ' || pg_get_partkeydef(r.oid),
    CASE WHEN r.reloptions IS NOT NULL AND r.relkind = 'r' THEN ' WITH (' || (
      SELECT string_agg(format('%s=%L', split_part(option, '=', 1), substr(option, strpos(option, '=') + 1)), ', ')
      FROM unnest(r.reloptions) AS option) || ')' END)
  FROM tables r
  UNION ALL
  SELECT 80, 'default of ' || r.place, format('ALTER TABLE ONLY %s ALTER COLUMN %I SET DEFAULT %s', r.place, a.attname,
    pg_get_expr(d.adbin, d.adrelid))
  FROM tables r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attgenerated = '' AND NOT a.attisdropped
  JOIN pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum
  UNION ALL
  SELECT 85, 'settings of ' || r.place, format('ALTER TABLE ONLY %s ALTER COLUMN %I %s', r.place, a.attname, setting)
  FROM tables r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
  JOIN pg_type t ON t.oid = a.atttypid, LATERAL (VALUES
    (CASE WHEN coalesce(a.attstattarget, -1) >= 0 THEN 'SET STATISTICS ' || a.attstattarget END),
    (CASE WHEN a.attstorage <> t.typstorage THEN 'SET STORAGE ' || CASE a.attstorage WHEN 'p' THEN 'PLAIN'
      WHEN 'e' THEN 'EXTERNAL' WHEN 'x' THEN 'EXTENDED' ELSE 'MAIN' END END),
    (CASE a.attcompression WHEN 'p' THEN 'SET COMPRESSION pglz' WHEN 'l' THEN 'SET COMPRESSION lz4' END),
    ('SET (' || array_to_string(a.attoptions, ', ') || ')')) AS settings (setting) WHERE setting IS NOT NULL
  UNION ALL
  SELECT 90, 'owner of sequence ' || d.objid::regclass, format('ALTER SEQUENCE %s OWNED BY %s.%I', d.objid::regclass,
    r.place, a.attname)
  FROM pg_depend d JOIN pg_sequence q ON q.seqrelid = d.objid JOIN tables r ON r.oid = d.refobjid
  JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = d.refobjsubid
  WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'a'
  UNION ALL
  -- Checks, and NOT NULLs that are not valid yet: children have them before they are attached.
  SELECT 100, 'constraint ' || k.conname, format('ALTER TABLE ONLY %s ADD CONSTRAINT %I %s', r.place, k.conname,
    pg_get_constraintdef(k.oid))
  FROM tables r JOIN pg_constraint k ON k.conrelid = r.oid
  WHERE k.contype = 'c' OR k.contype = 'n' AND NOT k.convalidated
  UNION ALL
  SELECT 110, 'parent of ' || r.place, CASE WHEN r.relispartition
    THEN format('ALTER TABLE ONLY %s ATTACH PARTITION %s %s', i.inhparent::regclass, r.place,
      pg_get_expr(r.relpartbound, r.oid))
    ELSE format('ALTER TABLE ONLY %s INHERIT %s', r.place, i.inhparent::regclass) END
  FROM tables r JOIN pg_inherits i ON i.inhrelid = r.oid
  UNION ALL
  SELECT 120, 'constraint ' || k.conname, format('ALTER TABLE ONLY %s ADD CONSTRAINT %I %s', r.place, k.conname,
    pg_get_constraintdef(k.oid))
  FROM tables r JOIN pg_constraint k ON k.conrelid = r.oid WHERE k.contype IN ('p', 'u', 'x')
  UNION ALL
  SELECT 120, 'index ' || i.indexrelid::regclass, pg_get_indexdef(i.indexrelid)
  FROM relations r JOIN pg_index i ON i.indrelid = r.oid WHERE r.relkind IN ('r', 'p')
    AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.conrelid = r.oid
      AND k.contype IN ('p', 'u', 'x'))
  UNION ALL
  SELECT 130, 'partition of index ' || h.inhparent::regclass,
    format('ALTER INDEX %s ATTACH PARTITION %s', h.inhparent::regclass, h.inhrelid::regclass)
  FROM relations r JOIN pg_inherits h ON h.inhrelid = r.oid WHERE r.relkind IN ('i', 'I')
  UNION ALL
  SELECT 140, 'replica identity of ' || r.place, format('ALTER TABLE ONLY %s REPLICA IDENTITY %s', r.place,
    CASE r.relreplident WHEN 'n' THEN 'NOTHING' WHEN 'f' THEN 'FULL' ELSE (SELECT format('USING INDEX %I', x.relname)
      FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid WHERE i.indrelid = r.oid AND i.indisreplident) END)
  FROM tables r WHERE r.relreplident <> 'd'
  UNION ALL
  SELECT 145, 'cluster of ' || r.place, format('ALTER TABLE %s CLUSTER ON %I', r.place, x.relname)
  FROM tables r JOIN pg_index i ON i.indrelid = r.oid JOIN pg_class x ON x.oid = i.indexrelid WHERE i.indisclustered
  UNION ALL
  SELECT 150, 'constraint ' || k.conname, format('ALTER TABLE %s%s ADD CONSTRAINT %I %s',
    CASE WHEN r.relkind = 'r' THEN 'ONLY ' END, r.place, k.conname, pg_get_constraintdef(k.oid))
  FROM tables r JOIN pg_constraint k ON k.conrelid = r.oid WHERE k.contype = 'f' AND k.conparentid = 0
  UNION ALL
  SELECT 160, 'view ' || r.place, format('CREATE %sVIEW %s (%s)%s AS %s', CASE r.relkind WHEN 'm' THEN 'MATERIALIZED ' END,
    r.place, (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a
      WHERE a.attrelid = r.oid AND a.attnum > 0), ' WITH (' || array_to_string(r.reloptions, ', ') || ')',
    rtrim(pg_get_viewdef(r.oid), ';') || CASE WHEN NOT r.relispopulated THEN ' WITH NO DATA' ELSE '' END)
  FROM relations r WHERE r.relkind IN ('v', 'm')
  UNION ALL
  SELECT 170, 'index ' || i.indexrelid::regclass, pg_get_indexdef(i.indexrelid)
  FROM relations r JOIN pg_index i ON i.indrelid = r.oid WHERE r.relkind = 'm'
  UNION ALL
  SELECT 180, 'rule ' || w.rulename, pg_get_ruledef(w.oid)
  FROM relations r JOIN pg_rewrite w ON w.ev_class = r.oid AND w.rulename <> '_RETURN'
  UNION ALL
  SELECT 190, 'trigger ' || t.tgname, pg_get_triggerdef(t.oid)
  FROM relations r JOIN pg_trigger t ON t.tgrelid = r.oid JOIN pg_proc p ON p.oid = t.tgfoid
  JOIN spaces s ON s.oid = p.pronamespace WHERE NOT t.tgisinternal AND t.tgparentid = 0
  UNION ALL
  SELECT 200, 'trigger ' || t.tgname, format('ALTER TABLE %s %s TRIGGER %I', r.place, CASE t.tgenabled
    WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END, t.tgname)
  FROM tables r JOIN pg_trigger t ON t.tgrelid = r.oid JOIN pg_proc p ON p.oid = t.tgfoid
  JOIN spaces s ON s.oid = p.pronamespace WHERE NOT t.tgisinternal AND t.tgenabled <> 'O'
  UNION ALL
  SELECT 210, 'policy ' || p.polname, format('CREATE POLICY %I ON %s AS %s FOR %s TO %s%s%s', p.polname, r.place,
    CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
    CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE'
      ELSE 'ALL' END,
    (SELECT string_agg(coalesce(quote_ident(g.rolname), 'PUBLIC'), ', ')
     FROM unnest(p.polroles) AS u(role) LEFT JOIN pg_roles g ON g.oid = u.role),
    ' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')',
    ' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')')
  FROM tables r JOIN pg_policy p ON p.polrelid = r.oid
  UNION ALL
  SELECT 220, 'row security of ' || r.place, format('ALTER TABLE ONLY %s %s', r.place, flag)
  FROM tables r, LATERAL (VALUES (CASE WHEN r.relrowsecurity THEN 'ENABLE ROW LEVEL SECURITY' END),
    (CASE WHEN r.relforcerowsecurity THEN 'FORCE ROW LEVEL SECURITY' END)) AS flags (flag) WHERE flag IS NOT NULL
  UNION ALL
  SELECT 230, 'statistics ' || x.stxname, pg_get_statisticsobjdef(x.oid)
  FROM pg_statistic_ext x JOIN spaces s ON s.oid = x.stxnamespace
  UNION ALL
  SELECT 240, 'grants of ' || g.place, format('GRANT %s%s ON %s%s TO %s%s', g.privilege_type, g.columns,
    CASE g.relkind WHEN 'S' THEN 'SEQUENCE ' END, g.place, coalesce(quote_ident(a.rolname), 'PUBLIC'),
    CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' END)
  FROM grants g LEFT JOIN pg_roles a ON a.oid = g.grantee
  UNION ALL
  SELECT 241, 'owner of routine ' || place, format('ALTER ROUTINE %s OWNER TO %I', place, pg_get_userbyid(proowner))
  FROM routines
  UNION ALL
  SELECT 242, 'rights on routine ' || r.place, format('REVOKE ALL ON ROUTINE %s FROM PUBLIC, %I', r.place,
    pg_get_userbyid(r.proowner)) FROM routines r WHERE r.proacl IS NOT NULL
  UNION ALL
  SELECT 243, format('rights on routine %s %s', c.place, c.number), format('GRANT EXECUTE ON ROUTINE %s TO %s%s', c.place,
    coalesce(quote_ident(a.rolname), 'PUBLIC'), CASE WHEN c.is_grantable THEN ' WITH GRANT OPTION' END)
  FROM calls c LEFT JOIN pg_roles a ON a.oid = c.grantee
  UNION ALL
  SELECT 250, 'comment of routine ' || r.place, format('COMMENT ON ROUTINE %s IS %L', r.place, d.description)
  FROM routines r JOIN pg_description d ON d.classoid = 'pg_proc'::regclass AND d.objoid = r.oid
  UNION ALL
  SELECT 250, 'comment of ' || r.place, CASE WHEN d.objsubid > 0
    THEN format('COMMENT ON COLUMN %s.%I IS %L', r.place, a.attname, d.description)
    ELSE format('COMMENT ON %s %s IS %L', CASE r.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
      WHEN 'S' THEN 'SEQUENCE' WHEN 'i' THEN 'INDEX' WHEN 'I' THEN 'INDEX' WHEN 'c' THEN 'TYPE' ELSE 'TABLE' END,
      r.place, d.description) END
  FROM relations r JOIN pg_description d ON d.classoid = 'pg_class'::regclass AND d.objoid = r.oid
  LEFT JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = d.objsubid
  UNION ALL
  SELECT 250, 'comment of constraint ' || k.conname, format('COMMENT ON CONSTRAINT %I ON %s IS %L', k.conname, r.place,
    d.description)
  FROM tables r JOIN pg_constraint k ON k.conrelid = r.oid
  JOIN pg_description d ON d.classoid = 'pg_constraint'::regclass AND d.objoid = k.oid
  UNION ALL
  SELECT 260, 'publication ' || p.pubname, format('CREATE PUBLICATION %I FOR %s', p.pubname,
    CASE WHEN p.puballtables THEN 'ALL TABLES' ELSE 'TABLE ' || (
      SELECT string_agg(r.place || coalesce((SELECT ' (' || string_agg(quote_ident(a.attname), ', ') || ')'
          FROM jsonb_array_elements_text(CASE jsonb_typeof(to_jsonb(o) -> 'prattrs') WHEN 'array'
            THEN to_jsonb(o) -> 'prattrs' END) AS listed (number) JOIN pg_attribute a
            ON a.attrelid = r.oid AND a.attnum = listed.number::smallint), ''), ', ')
      FROM pg_publication_rel o JOIN tables r ON r.oid = o.prrelid WHERE o.prpubid = p.oid) END)
  FROM pg_publication p WHERE p.pubname !~ '^lockkeeper_'
    AND (p.puballtables OR EXISTS (SELECT FROM pg_publication_rel o WHERE o.prpubid = p.oid))
  UNION ALL
  -- What is not copied is said: who runs this finds no statement, and reports it where the plan could meet it.
  SELECT 900, 'foreign table ' || place, NULL FROM relations WHERE relkind = 'f'
  UNION ALL
  SELECT 900, 'operator ' || o.oid::regoperator, NULL FROM pg_operator o JOIN spaces s ON s.oid = o.oprnamespace
  WHERE NOT EXISTS (SELECT FROM members m WHERE m.classid = 'pg_operator'::regclass AND m.objid = o.oid)
  UNION ALL
  SELECT 900, 'collation ' || collname, NULL FROM pg_collation c JOIN spaces s ON s.oid = c.collnamespace
  WHERE NOT EXISTS (SELECT FROM members m WHERE m.classid = 'pg_collation'::regclass AND m.objid = c.oid)
  UNION ALL
  SELECT 900, 'event trigger ' || evtname, NULL FROM pg_event_trigger
) AS script ORDER BY ordinal, what
