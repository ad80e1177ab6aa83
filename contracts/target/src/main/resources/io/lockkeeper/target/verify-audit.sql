-- One row for each place where the history does not hold; none where it does. Reads only.
WITH recomputed AS (
    SELECT h.*, lag(h.hash, 1, '') OVER (ORDER BY sequence) AS linked,
        lag(h.sequence, 1, 0::bigint) OVER (ORDER BY sequence) AS before,
        lockkeeper.history_hash(previous, sequence, at, entity, key, operation, content) AS computed
    FROM lockkeeper.history h
), last AS (
    SELECT DISTINCT ON (entity, key) entity, key, sequence, operation, content::jsonb AS content
    FROM lockkeeper.history ORDER BY entity, key, sequence DESC
), now AS (
    SELECT 'run' AS entity, id AS key, to_jsonb(r) AS content FROM lockkeeper.run r
    UNION ALL SELECT 'plan', hash, to_jsonb(p) FROM lockkeeper.plan p
    UNION ALL SELECT 'step', run || '/' || id, to_jsonb(s) FROM lockkeeper.step s
    UNION ALL SELECT 'relation', run || '/' || schema || '/' || name, to_jsonb(f) FROM lockkeeper.relation f
    UNION ALL SELECT 'preflight', run || '/' || number || '/' || finding, to_jsonb(b) FROM lockkeeper.preflight b
    UNION ALL SELECT 'gate', run || '/' || gate || '/' || attempt, to_jsonb(g) FROM lockkeeper.gate g
    UNION ALL SELECT 'verdict', id, to_jsonb(v) FROM lockkeeper.verdict v
    UNION ALL SELECT 'approval', id, to_jsonb(a) FROM lockkeeper.approval a
    UNION ALL SELECT 'migration', version, to_jsonb(m) FROM lockkeeper.migration m
)
SELECT sequence, 'entry was changed: its hash does not fit its content' AS finding FROM recomputed WHERE computed <> hash
UNION ALL
SELECT sequence, 'an entry before this one was taken out, changed or put in' FROM recomputed
WHERE linked <> previous OR sequence <> before + 1
UNION ALL
SELECT head.sequence, 'the end of the history was cut off' FROM lockkeeper.history_head head
WHERE NOT EXISTS (SELECT FROM recomputed r WHERE r.sequence = head.sequence AND r.hash = head.hash)
    AND head.sequence > 0
    OR EXISTS (SELECT FROM recomputed r WHERE r.sequence > head.sequence)
UNION ALL
SELECT last.sequence, format('%s %s was changed without an entry', last.entity, last.key)
FROM last LEFT JOIN now USING (entity, key)
WHERE last.entity IN ('run', 'plan', 'step', 'relation', 'preflight', 'gate', 'verdict', 'approval', 'migration')
    AND (last.operation = 'DELETE') <> (now.content IS NULL)
    OR last.operation <> 'DELETE' AND NOT now.content @> (last.content - '{updated_at,throttled_by,found_at,step}'::text[])
ORDER BY 1
