-- What happened to the ledger's rows, append-only: each entry carries the hash of the one before it, so that an entry that
-- is changed, left out or put in between is found by `lockkeeper verify-audit`. The order of the chain is the order of the
-- lock on its head; writers of the ledger hold the run's row before, so they do not wait for each other twice.

CREATE TABLE IF NOT EXISTS lockkeeper.history (
    sequence  bigint PRIMARY KEY,
    at        timestamptz NOT NULL,
    entity    text NOT NULL,   -- the ledger's table
    key       text NOT NULL,   -- its primary key, parts joined by '/'
    operation text NOT NULL,   -- INSERT, UPDATE, DELETE
    content   text NOT NULL,   -- the row as JSON, as it is after the operation; before, for a DELETE
    previous  text NOT NULL,
    hash      text NOT NULL
);

CREATE INDEX IF NOT EXISTS history_key ON lockkeeper.history (entity, key, sequence);

CREATE TABLE IF NOT EXISTS lockkeeper.history_head (
    one      boolean PRIMARY KEY DEFAULT true CHECK (one),
    sequence bigint NOT NULL,
    hash     text NOT NULL
);

INSERT INTO lockkeeper.history_head (sequence, hash) VALUES (0, '') ON CONFLICT DO NOTHING;

CREATE OR REPLACE FUNCTION lockkeeper.history_hash(previous text, sequence bigint, at timestamptz, entity text, key text,
        operation text, content text) RETURNS text
    LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(convert_to(concat_ws(E'\n', previous, sequence,
        to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), entity, key, operation, content), 'UTF8')), 'hex')
$$;

-- Arguments of the trigger: the columns of the key.
CREATE OR REPLACE FUNCTION lockkeeper.remember() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog SET timezone = 'UTC' SET datestyle = 'ISO' AS $$
DECLARE
    content jsonb := to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END);
    entry   lockkeeper.history;
BEGIN
    SELECT sequence + 1, hash INTO entry.sequence, entry.previous FROM lockkeeper.history_head FOR UPDATE;
    entry.at := clock_timestamp();
    entry.entity := TG_TABLE_NAME;
    entry.key := (SELECT string_agg(content ->> part, '/' ORDER BY place)
                  FROM unnest(TG_ARGV) WITH ORDINALITY AS key_part (part, place));
    entry.operation := TG_OP;
    entry.content := content::text;
    entry.hash := lockkeeper.history_hash(entry.previous, entry.sequence, entry.at, entry.entity, entry.key,
        entry.operation, entry.content);
    INSERT INTO lockkeeper.history VALUES (entry.*);
    UPDATE lockkeeper.history_head SET sequence = entry.sequence, hash = entry.hash;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION lockkeeper.refuse_to_forget() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'lockkeeper.history is append-only' USING ERRCODE = 'insufficient_privilege',
        HINT = 'The history is the proof of what was done; it grows by some rows for each step.';
END
$$;

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON lockkeeper.history
    FOR EACH STATEMENT EXECUTE FUNCTION lockkeeper.refuse_to_forget();

-- Columns that change while a step waits or moves data stay out: their last values come with the next change of state.
DO $$
DECLARE
    chained record;
BEGIN
    FOR chained IN
        SELECT * FROM (VALUES
            ('plan', 'hash', '{}'),
            ('run', 'id', '{updated_at}'),
            ('preflight', 'run,number,finding', '{found_at}'),
            ('step', 'run,id', '{throttled_by}'),
            ('attempt', 'run,step,number', '{blockers,waited_ms}'),
            ('bad_row', 'run,step,relation,key', '{found_at}'),
            ('relation', 'run,schema,name', '{step}'),
            ('gate', 'run,gate,attempt', '{}'),
            ('verdict', 'id', '{}'),
            ('approval', 'id', '{}'),
            ('routine', 'run,step,identity', '{}'),
            ('migration', 'version', '{}')) AS entities (entity, key, passing)
    LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER remember AFTER INSERT OR DELETE ON lockkeeper.%I FOR EACH ROW'
            ' EXECUTE FUNCTION lockkeeper.remember(%s)', chained.entity,
            (SELECT string_agg(quote_literal(part), ', ') FROM unnest(string_to_array(chained.key, ',')) part));
        EXECUTE format('CREATE OR REPLACE TRIGGER remember_change AFTER UPDATE ON lockkeeper.%I FOR EACH ROW'
            ' WHEN (to_jsonb(OLD) - %L::text[] IS DISTINCT FROM to_jsonb(NEW) - %L::text[])'
            ' EXECUTE FUNCTION lockkeeper.remember(%s)', chained.entity, chained.passing, chained.passing,
            (SELECT string_agg(quote_literal(part), ', ') FROM unnest(string_to_array(chained.key, ',')) part));
    END LOOP;
END
$$;

-- For people: what is going on, what was waited for, and how fast data moves.
CREATE OR REPLACE VIEW lockkeeper.run_overview AS
SELECT r.target, r.release, r.id AS run, r.state, r.reason, r.claimed_at, r.updated_at,
    count(*) FILTER (WHERE s.state IN ('SUCCEEDED', 'SKIPPED')) AS steps_done, count(*) AS steps,
    min(s.id) FILTER (WHERE s.state NOT IN ('SUCCEEDED', 'SKIPPED', 'REVERTED')) AS next_step,
    (SELECT g.gate FROM lockkeeper.gate g WHERE g.run = r.id AND g.state = 'OPEN') AS open_gate
FROM lockkeeper.run r JOIN lockkeeper.step s ON s.run = r.id
GROUP BY r.id;

CREATE OR REPLACE VIEW lockkeeper.lock_waits AS
SELECT a.run, a.step, a.number AS attempt, a.outcome, a.waited_ms, a.started_at,
    (SELECT string_agg(format('%s %s (%s, %s)', b ->> 'application', b ->> 'pid', b ->> 'user', b ->> 'state'), '; ')
     FROM jsonb_array_elements(a.blockers) b) AS blocked_by,
    jsonb_array_length(a.victims) AS victims,
    (SELECT max((v ->> 'waited')::interval) FROM jsonb_array_elements(a.victims) v) AS longest_victim
FROM lockkeeper.attempt a
WHERE a.blockers <> '[]' OR a.victims <> '[]';

CREATE OR REPLACE VIEW lockkeeper.backfill_progress AS
SELECT c.run, c.step, max(c.pass) AS pass, sum(c.rows) AS rows,
    round(100.0 * sum(c.next_block - c.first_block) / greatest(1, sum(c.end_block - c.first_block)), 1) AS percent,
    s.state, s.throttled_by
FROM lockkeeper.cursor c JOIN lockkeeper.step s ON s.run = c.run AND s.id = c.step
GROUP BY c.run, c.step, s.state, s.throttled_by;
