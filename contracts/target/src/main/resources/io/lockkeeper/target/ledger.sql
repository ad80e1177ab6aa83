-- The ledger: the truth about every run, in the database that the run changes. Written by the executor alone; the
-- observer, the planner and people read it. Applied whole and idempotently under the executor's target lock.

CREATE SCHEMA IF NOT EXISTS lockkeeper;

-- Synchronising trigger functions of running releases; empty between releases.
CREATE SCHEMA IF NOT EXISTS lockkeeper_sync;

-- One row: this database. The epoch fences an executor that was replaced; the identifiers tell a restored or cloned
-- database from the one that the runs were claimed in.
CREATE TABLE IF NOT EXISTS lockkeeper.target (
    name              text PRIMARY KEY,
    epoch             bigint NOT NULL DEFAULT 0,
    system_identifier text NOT NULL,
    timeline          integer NOT NULL,
    executor          text,
    backend_pids      integer[] NOT NULL DEFAULT '{}',
    acquired_at       timestamptz
);

CREATE TABLE IF NOT EXISTS lockkeeper.plan (
    hash        text PRIMARY KEY,
    release     text NOT NULL,
    body        text NOT NULL, -- verbatim JSON of the Plan
    received_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS lockkeeper.run (
    id          text PRIMARY KEY,
    target      text NOT NULL,
    release     text NOT NULL,
    plan_hash   text NOT NULL REFERENCES lockkeeper.plan,
    state       text NOT NULL,
    held_state  text,          -- where PAUSED and HALTED go back to
    reason      text,
    marker      pg_lsn,        -- WAL position of the last step or gate marker
    correlation text,          -- id of the release request
    causation   text,          -- id of the plan event
    claimed_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now()
);

-- How fast a person lets its data steps go; null: as the executor is configured.
ALTER TABLE lockkeeper.run ADD COLUMN IF NOT EXISTS most_workers integer;
ALTER TABLE lockkeeper.run ADD COLUMN IF NOT EXISTS least_rest double precision;

-- Where the team's own history is one row with the last version: what it said before this run.
ALTER TABLE lockkeeper.run ADD COLUMN IF NOT EXISTS team_version text;

-- Several runs may be open on a target if they touch different objects.
CREATE INDEX IF NOT EXISTS run_open ON lockkeeper.run (target)
    WHERE state NOT IN ('COMPLETED', 'ABORTED', 'REVERTED');

CREATE TABLE IF NOT EXISTS lockkeeper.step (
    run         text NOT NULL REFERENCES lockkeeper.run,
    id          text NOT NULL,
    ordinal     integer NOT NULL,
    phase       text NOT NULL,
    gate        text,
    title       text NOT NULL,
    kind        text NOT NULL,
    state       text NOT NULL DEFAULT 'PENDING',
    attempts    integer NOT NULL DEFAULT 0,
    marker      pg_lsn,
    rows        bigint,
    failure     jsonb,
    started_at  timestamptz,
    finished_at timestamptz,
    PRIMARY KEY (run, id)
);

-- Why a data step is slower than it could be: the names of the signals; empty at full speed.
ALTER TABLE lockkeeper.step ADD COLUMN IF NOT EXISTS throttled_by text[] NOT NULL DEFAULT '{}';

-- What was found when the database was looked at before the first step; a look that failed is followed by another.
CREATE TABLE IF NOT EXISTS lockkeeper.preflight (
    run      text NOT NULL REFERENCES lockkeeper.run,
    number   integer NOT NULL,
    finding  text NOT NULL,
    status   text NOT NULL,    -- ok, warn, fail (halts the run), unknown
    message  text NOT NULL,
    found_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (run, number, finding)
);

CREATE TABLE IF NOT EXISTS lockkeeper.attempt (
    run         text NOT NULL,
    step        text NOT NULL,
    number      integer NOT NULL,
    outcome     text,          -- SUCCEEDED, LOCK_TIMEOUT, DEADLOCK, FAILED, INTERRUPTED; null while it runs
    sqlstate    text,
    message     text,
    waited_ms   bigint,
    blockers    jsonb NOT NULL DEFAULT '[]',
    victims     jsonb NOT NULL DEFAULT '[]',
    backend_pid integer,
    executor    text NOT NULL,
    started_at  timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    PRIMARY KEY (run, step, number),
    FOREIGN KEY (run, step) REFERENCES lockkeeper.step
);

-- Sessions of others that were ended for this attempt, where that is turned on, and how.
ALTER TABLE lockkeeper.attempt ADD COLUMN IF NOT EXISTS ended jsonb NOT NULL DEFAULT '[]';

-- Tables where somebody has waited behind a lock of ours: no step of any run asks for one there until then.
CREATE TABLE IF NOT EXISTS lockkeeper.left_alone (
    schema text NOT NULL,
    name   text NOT NULL,
    until  timestamptz NOT NULL,
    PRIMARY KEY (schema, name)
);

-- One row per block range of a backfill, advanced in the transaction of its batch.
CREATE TABLE IF NOT EXISTS lockkeeper.cursor (
    run         text NOT NULL,
    step        text NOT NULL,
    range       integer NOT NULL,
    pass        integer NOT NULL DEFAULT 1,
    first_block bigint NOT NULL,
    end_block   bigint NOT NULL, -- exclusive
    next_block  bigint NOT NULL,
    rows        bigint NOT NULL DEFAULT 0,      -- changed by all passes
    pass_rows   bigint NOT NULL DEFAULT 0,      -- changed by this pass: a pass that ends with 0 proves completeness
    filenode    oid NOT NULL,                   -- a rewrite by someone else is noticed and restarts the range
    updated_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (run, step, range),
    FOREIGN KEY (run, step) REFERENCES lockkeeper.step
);

-- How far a statement of the team's has come that runs by key ranges, advanced in the transaction of its batch.
CREATE TABLE IF NOT EXISTS lockkeeper.key_cursor (
    run        text NOT NULL,
    step       text NOT NULL,
    last_key   text[],          -- of the last row that a committed batch has taken; null before the first
    end_key    text[] NOT NULL, -- greatest key when the step began
    scanned    bigint NOT NULL DEFAULT 0,
    rows       bigint NOT NULL DEFAULT 0,       -- inserted, updated or deleted
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (run, step),
    FOREIGN KEY (run, step) REFERENCES lockkeeper.step
);

-- What the last step has left of the relations that the plan builds on: a change by others in between is noticed.
CREATE TABLE IF NOT EXISTS lockkeeper.relation (
    run         text NOT NULL,
    schema      text NOT NULL,
    name        text NOT NULL,
    step        text NOT NULL,
    fingerprint text NOT NULL,
    PRIMARY KEY (run, schema, name),
    FOREIGN KEY (run, step) REFERENCES lockkeeper.step
);

-- Rows that a backfill could not set and was allowed to leave: by key, without any value.
CREATE TABLE IF NOT EXISTS lockkeeper.bad_row (
    run      text NOT NULL,
    step     text NOT NULL,
    relation text NOT NULL,
    key      text NOT NULL,
    sqlstate text NOT NULL,
    found_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (run, step, relation, key),
    FOREIGN KEY (run, step) REFERENCES lockkeeper.step
);

CREATE TABLE IF NOT EXISTS lockkeeper.gate (
    run       text NOT NULL REFERENCES lockkeeper.run,
    gate      text NOT NULL,
    attempt   integer NOT NULL,
    state     text NOT NULL,     -- OPEN, PASSED, CLOSED (superseded by a further attempt, or the run ended)
    plan_hash text NOT NULL,
    marker    pg_lsn NOT NULL,
    verdict   text,
    opened_at timestamptz NOT NULL DEFAULT now(),
    passed_at timestamptz,
    overdue_at timestamptz,      -- when gate.overdue was said
    PRIMARY KEY (run, gate, attempt)
);

CREATE UNIQUE INDEX IF NOT EXISTS gate_open ON lockkeeper.gate (run) WHERE state = 'OPEN';

-- Every verdict received, taken or not.
CREATE TABLE IF NOT EXISTS lockkeeper.verdict (
    id            text PRIMARY KEY,
    run           text NOT NULL,
    gate          text NOT NULL,
    gate_attempt  integer NOT NULL,
    decision      text NOT NULL,
    plan_hash     text NOT NULL,
    marker        pg_lsn NOT NULL,
    observed      pg_lsn NOT NULL,
    evidence_hash text NOT NULL,
    valid_until   timestamptz NOT NULL,
    given_at      timestamptz NOT NULL,
    received_at   timestamptz NOT NULL DEFAULT now(),
    taken         boolean NOT NULL,
    note          text NOT NULL,   -- why it was not taken
    body          jsonb NOT NULL
);

CREATE TABLE IF NOT EXISTS lockkeeper.approval (
    id            text PRIMARY KEY,
    run           text NOT NULL REFERENCES lockkeeper.run,
    gate          text NOT NULL,
    plan_hash     text NOT NULL,
    evidence_hash text,
    approver      text NOT NULL,
    note          text,
    received_at   timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS lockkeeper.routine (
    run               text NOT NULL,
    step              text NOT NULL,
    identity          text NOT NULL,  -- schema.name(input types)
    definition_before text,           -- null: it did not exist
    definition_after  text NOT NULL,
    owner             text NOT NULL,
    acl               text,
    replaced_at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (run, step, identity)
);

-- Where a step has made the routine there is nothing before, where it has dropped or renamed it nothing after.
ALTER TABLE lockkeeper.routine ALTER COLUMN definition_after DROP NOT NULL;
ALTER TABLE lockkeeper.routine ALTER COLUMN owner DROP NOT NULL;
ALTER TABLE lockkeeper.routine ADD COLUMN IF NOT EXISTS comment text;
ALTER TABLE lockkeeper.routine ADD COLUMN IF NOT EXISTS owner_before text;
ALTER TABLE lockkeeper.routine ADD COLUMN IF NOT EXISTS acl_before text;
ALTER TABLE lockkeeper.routine ADD COLUMN IF NOT EXISTS comment_before text;

-- All that CREATE says of a routine, its settings among it; PostgreSQL prints no aggregate, so its row stands for one.
CREATE OR REPLACE FUNCTION lockkeeper.routine_definition(routine oid) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
    SELECT CASE WHEN prokind = 'a'
        THEN (SELECT 'AGGREGATE ' || (to_jsonb(a) - 'aggfnoid')::text FROM pg_aggregate a WHERE a.aggfnoid = routine)
        ELSE pg_get_functiondef(routine) END
    FROM pg_proc WHERE oid = routine
$$;

-- The migration history: which file versions this database has.
CREATE TABLE IF NOT EXISTS lockkeeper.migration (
    version    text PRIMARY KEY,
    path       text NOT NULL,
    checksum   text NOT NULL,
    run        text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS lockkeeper.inbox (
    source      text NOT NULL,
    id          text NOT NULL,
    type        text NOT NULL,
    answer      jsonb NOT NULL DEFAULT '{}',  -- what the first send was told; every further send is told the same
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (source, id)
);

CREATE TABLE IF NOT EXISTS lockkeeper.outbox (
    sequence     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id           text NOT NULL UNIQUE,
    topic        text NOT NULL,
    key          text NOT NULL,
    headers      jsonb NOT NULL,
    value        text NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    published_at timestamptz
);

CREATE INDEX IF NOT EXISTS outbox_unpublished ON lockkeeper.outbox (sequence) WHERE published_at IS NULL;

-- Behind this every batch of a backfill: an executor that was replaced writes nothing more. FOR SHARE, so that workers do
-- not wait for each other and a takeover waits for them all.
CREATE OR REPLACE FUNCTION lockkeeper.fence(executor_target text, executor_epoch bigint) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    PERFORM FROM lockkeeper.target WHERE name = executor_target AND epoch = executor_epoch FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'epoch % of target % has ended', executor_epoch, executor_target USING ERRCODE = 'LK001';
    END IF;
END
$$;

-- Moves a cursor in the transaction of its batch, whose rows stand in the setting lockkeeper.moved. The lock that the
-- batch holds on the table keeps its file from changing until COMMIT: a rewrite came before, or comes after.
CREATE OR REPLACE FUNCTION lockkeeper.advance(cursor_run text, cursor_step text, cursor_range integer,
        to_block bigint, relation regclass) RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    moved bigint := current_setting('lockkeeper.moved')::bigint;
BEGIN
    UPDATE lockkeeper.cursor
    SET next_block = to_block, rows = rows + moved, pass_rows = pass_rows + moved, updated_at = clock_timestamp()
    WHERE run = cursor_run AND step = cursor_step AND range = cursor_range
        AND filenode = pg_relation_filenode(relation);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the file of % is another one since the pass began', relation USING ERRCODE = 'LK002';
    END IF;
    RETURN moved;
END
$$;
