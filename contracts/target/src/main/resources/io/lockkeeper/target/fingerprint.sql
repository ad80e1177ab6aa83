-- $1 schema, $2 name. One row: the hash of everything in the catalog that a plan for this relation builds on, or
-- 'absent'. Statistics, storage, owners, comments and object identifiers are left out: they change without anybody
-- changing what a plan relies on. Lockkeeper's own triggers are left out: they come and go with the plan itself.
-- What the catalog functions print depends on search_path, TimeZone and DateStyle: run it under a Session's settings.
SELECT coalesce((
  SELECT md5(string_agg(line, E'\n' ORDER BY line COLLATE "C"))
  FROM (
    SELECT c.oid AS relation FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = $1 AND c.relname = $2
  ) r,
  LATERAL (
    SELECT format('relation %s %s %s %s %s %s', c.relkind, c.relpersistence, c.relreplident, c.relrowsecurity,
                  c.relforcerowsecurity, pg_get_expr(c.relpartbound, c.oid)) AS line
    FROM pg_catalog.pg_class c WHERE c.oid = r.relation
    UNION ALL
    SELECT format('column %s %s %s %s %s %s %s %s', a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                  a.attgenerated, a.attidentity, nullif(a.attcollation, 0)::regcollation,
                  pg_get_expr(d.adbin, d.adrelid),
                  -- since PostgreSQL 18 attnotnull may rest on a constraint that is not yet valid
                  EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conrelid = a.attrelid AND k.contype = 'n'
                          AND NOT k.convalidated AND k.conkey = ARRAY[a.attnum]))
    FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = r.relation AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT format('constraint %s %s %s', k.conname, pg_get_constraintdef(k.oid), k.convalidated)
    FROM pg_catalog.pg_constraint k WHERE k.conrelid = r.relation AND k.contype <> 'n'
    UNION ALL
    SELECT format('referenced by %s %s %s', k.conrelid::regclass, pg_get_constraintdef(k.oid), k.convalidated)
    FROM pg_catalog.pg_constraint k WHERE k.confrelid = r.relation AND k.contype = 'f'
    UNION ALL
    SELECT format('index %s %s %s', pg_get_indexdef(i.indexrelid), i.indisvalid, i.indisreplident)
    FROM pg_catalog.pg_index i WHERE i.indrelid = r.relation
    UNION ALL
    SELECT format('trigger %s %s %s', pg_get_triggerdef(t.oid), t.tgenabled, md5(p.prosrc))
    FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
    JOIN pg_catalog.pg_namespace pn ON pn.oid = p.pronamespace
    WHERE t.tgrelid = r.relation AND NOT t.tgisinternal AND pn.nspname <> 'lockkeeper_sync'
    UNION ALL
    SELECT format('rule %s %s', pg_get_ruledef(w.oid), w.ev_enabled)
    FROM pg_catalog.pg_rewrite w WHERE w.ev_class = r.relation
    UNION ALL
    SELECT format('policy %s %s %s %s %s %s', y.polname, y.polcmd, y.polpermissive,
                  (SELECT string_agg(coalesce(g.rolname, 'public'), ',' ORDER BY g.rolname)
                   FROM unnest(y.polroles) AS u(role) LEFT JOIN pg_catalog.pg_roles g ON g.oid = u.role),
                  pg_get_expr(y.polqual, y.polrelid), pg_get_expr(y.polwithcheck, y.polrelid))
    FROM pg_catalog.pg_policy y WHERE y.polrelid = r.relation
    UNION ALL
    SELECT format('inherits %s %s', h.inhrelid::regclass, h.inhparent::regclass)
    FROM pg_catalog.pg_inherits h WHERE r.relation IN (h.inhrelid, h.inhparent)
  ) facts
), 'absent') AS fingerprint
