-- One line per fact of a schema, sorted: two databases are the same schema where the lines are the same. The order of
-- columns is left out. PostgreSQL 14 to 18.
WITH spaces AS (
  SELECT oid, nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema|lockkeeper)'
), relations AS (
  SELECT c.*, n.nspname FROM pg_class c JOIN spaces n ON n.oid = c.relnamespace
)
SELECT line FROM (
  SELECT format('relation %s.%s %s %s rls=%s %s identity=%s options=%s key=%s partition of %s %s populated=%s', nspname,
    relname, relkind, relpersistence, relrowsecurity, relforcerowsecurity, relreplident, reloptions,
    pg_get_partkeydef(oid), (SELECT inhparent::regclass FROM pg_inherits WHERE inhrelid = relations.oid),
    pg_get_expr(relpartbound, oid), relispopulated) AS line
  FROM relations WHERE relkind IN ('r', 'p', 'v', 'm', 'f')
  UNION ALL
  SELECT format('column %s.%s.%s %s notnull=%s default=%s identity=%s generated=%s collation=%s statistics=%s storage=%s'
    ' compression=%s options=%s grants=%s',
    r.nspname, r.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid),
    a.attidentity, a.attgenerated, a.attcollation::regcollation, coalesce(a.attstattarget, -1), a.attstorage,
    a.attcompression, a.attoptions,
    (SELECT string_agg(format('%s to %s %s', privilege_type, grantee, is_grantable), ',' ORDER BY privilege_type, grantee)
      FROM aclexplode(a.attacl)))
  FROM relations r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum WHERE r.relkind IN ('r', 'p', 'v', 'm', 'f')
  UNION ALL
  SELECT format('constraint %s.%s %s %s valid=%s', r.nspname, r.relname, k.conname, pg_get_constraintdef(k.oid),
    k.convalidated)
  FROM relations r JOIN pg_constraint k ON k.conrelid = r.oid
  UNION ALL
  SELECT format('index %s valid=%s identity=%s clustered=%s attached to %s', pg_get_indexdef(i.indexrelid), i.indisvalid,
    i.indisreplident, i.indisclustered, (SELECT inhparent::regclass FROM pg_inherits WHERE inhrelid = i.indexrelid))
  FROM relations r JOIN pg_index i ON i.indrelid = r.oid
  UNION ALL
  SELECT format('trigger %s enabled=%s', pg_get_triggerdef(t.oid), t.tgenabled)
  FROM relations r JOIN pg_trigger t ON t.tgrelid = r.oid AND NOT t.tgisinternal
  UNION ALL
  SELECT format('view %s.%s %s', nspname, relname, pg_get_viewdef(oid)) FROM relations WHERE relkind IN ('v', 'm')
  UNION ALL
  SELECT format('sequence %s.%s %s start=%s step=%s min=%s max=%s cache=%s cycle=%s owner=%s', s.schemaname, s.sequencename,
    s.data_type, s.start_value, s.increment_by, s.min_value, s.max_value, s.cache_size, s.cycle, (SELECT string_agg(format('%s.%s %s', d.refobjid::regclass, a.attname, d.deptype), ',')
      FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
      WHERE d.objid = format('%I.%I', s.schemaname, s.sequencename)::regclass AND d.deptype IN ('a', 'i')))
  FROM pg_sequences s JOIN spaces n ON n.nspname = s.schemaname
  UNION ALL
  SELECT format('routine %s.%s(%s) owner=%s comment=%s grants=%s %s', n.nspname, p.proname,
    pg_get_function_identity_arguments(p.oid), p.proowner::regrole, obj_description(p.oid, 'pg_proc'),
    (SELECT string_agg(format('%s %s', g.grantee, g.is_grantable), ',' ORDER BY g.grantee)
      FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) g),
    CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) ELSE 'aggregate' END)
  FROM pg_proc p JOIN spaces n ON n.oid = p.pronamespace
  WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
  UNION ALL
  SELECT format('enum %s.%s %s', n.nspname, t.typname,
    (SELECT string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid))
  FROM pg_type t JOIN spaces n ON n.oid = t.typnamespace WHERE t.typtype = 'e'
  UNION ALL
  SELECT format('policy %s.%s %s %s %s %s %s %s', r.nspname, r.relname, p.polname, p.polcmd, p.polpermissive,
    (SELECT string_agg(role::regrole::text, ',' ORDER BY role) FROM unnest(p.polroles) AS role),
    pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
  FROM relations r JOIN pg_policy p ON p.polrelid = r.oid
  UNION ALL
  SELECT format('grant %s.%s %s to %s option=%s', nspname, relname, privilege_type, grantee, is_grantable)
  FROM relations, aclexplode(coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner)))
  UNION ALL
  SELECT format('comment %s %s %s', d.objoid::regclass, (SELECT attname FROM pg_attribute a
    WHERE a.attrelid = d.objoid AND a.attnum = d.objsubid AND d.objsubid > 0), d.description)
  FROM pg_description d JOIN relations r ON r.oid = d.objoid AND d.classoid = 'pg_class'::regclass
  UNION ALL
  SELECT format('comment on constraint %s of %s %s', k.conname, k.conrelid::regclass, d.description)
  FROM pg_description d JOIN pg_constraint k ON k.oid = d.objoid AND d.classoid = 'pg_constraint'::regclass
  JOIN relations r ON r.oid = k.conrelid
  UNION ALL
  SELECT format('statistics %s target=%s', pg_get_statisticsobjdef(s.oid), coalesce(s.stxstattarget, -1))
  FROM pg_statistic_ext s JOIN spaces n ON n.oid = s.stxnamespace
  UNION ALL
  SELECT format('publication %s %s %s', p.pubname, r.relname, to_jsonb(x) - 'oid' - 'prpubid' - 'prrelid')
  FROM pg_publication p JOIN pg_publication_rel x ON x.prpubid = p.oid JOIN relations r ON r.oid = x.prrelid
  WHERE p.pubname !~ '^lockkeeper_'
  UNION ALL
  SELECT format('domain %s.%s %s %s %s %s', n.nspname, t.typname, format_type(t.typbasetype, t.typtypmod), t.typnotnull,
    t.typdefault, (SELECT string_agg(pg_get_constraintdef(k.oid), ',' ORDER BY k.conname) FROM pg_constraint k
      WHERE k.contypid = t.oid AND k.contype = 'c'))
  FROM pg_type t JOIN spaces n ON n.oid = t.typnamespace WHERE t.typtype = 'd'
  UNION ALL
  SELECT format('schema %s', nspname) FROM spaces
) AS facts ORDER BY line COLLATE "C"
