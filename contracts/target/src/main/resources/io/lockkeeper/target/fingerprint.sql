-- $1 schema, $2 name. One row: the hash of everything in the catalog that a plan for this relation builds on, or
-- 'absent'. Statistics, sizes and object identifiers are left out: they change without anybody changing the schema.
-- Lockkeeper's own triggers are left out: they come and go with the plan itself.
SELECT coalesce((
  SELECT md5(string_agg(line, E'\n' ORDER BY line COLLATE "C"))
  FROM (
    SELECT c.oid AS relation FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = $1 AND c.relname = $2
  ) r,
  LATERAL (
    SELECT format('relation %s %s %s %s', c.relkind, c.relpersistence, c.relreplident, c.relrowsecurity) AS line
    FROM pg_catalog.pg_class c WHERE c.oid = r.relation
    UNION ALL
    SELECT format('column %s %s %s %s %s', a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attgenerated,
                  pg_get_expr(d.adbin, d.adrelid))
    FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = r.relation AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT format('constraint %s %s %s', k.conname, pg_get_constraintdef(k.oid), k.convalidated)
    FROM pg_catalog.pg_constraint k WHERE k.conrelid = r.relation AND k.contype <> 'n'
    UNION ALL
    SELECT format('index %s %s', pg_get_indexdef(i.indexrelid), i.indisvalid)
    FROM pg_catalog.pg_index i WHERE i.indrelid = r.relation
    UNION ALL
    SELECT format('trigger %s %s', pg_get_triggerdef(t.oid), t.tgenabled)
    FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
    JOIN pg_catalog.pg_namespace pn ON pn.oid = p.pronamespace
    WHERE t.tgrelid = r.relation AND NOT t.tgisinternal AND pn.nspname <> 'lockkeeper_sync'
  ) facts
), 'absent') AS fingerprint
