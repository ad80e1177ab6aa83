-- What the observer must remember of this database over a restart. Written by the observer alone, never published.
-- Applied whole and idempotently under the observer's advisory lock.

CREATE TABLE IF NOT EXISTS lockkeeper_observer.observation (
    run        text PRIMARY KEY,
    slot       text,
    mode       text NOT NULL,     -- NEW, STREAMING, POLLING, LOST
    lost       text,              -- why there is no stream although the plan has one
    lost_at    timestamptz,
    armed      pg_lsn,            -- everything up to here was seen when the run was armed
    baseline   jsonb,             -- statistics, and digests of the rows that violated invariants before the run
    soak       jsonb,             -- since when nobody of the old version was seen
    callers    jsonb,             -- since when no statement named the old shape
    tripwire   jsonb,             -- how far the server's log was read, and whose statements failed
    retired    boolean NOT NULL DEFAULT false,
    updated_at timestamptz NOT NULL DEFAULT now()
);

-- Came later: a schema that an earlier observer made has them not.
ALTER TABLE lockkeeper_observer.observation
    ADD COLUMN IF NOT EXISTS log jsonb;   -- how far gauges of the server's log have counted

-- Progress of a compare; id names run, gate attempt and what is compared.
CREATE TABLE IF NOT EXISTS lockkeeper_observer.compare (
    id         text PRIMARY KEY,
    progress   jsonb NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now()
);

-- Where the change stream goes on, and what it has seen so far: one transaction for both.
CREATE TABLE IF NOT EXISTS lockkeeper_observer.stream_offset (
    run   text NOT NULL,
    key   bytea NOT NULL,
    value bytea NOT NULL,
    PRIMARY KEY (run, key)
);

CREATE TABLE IF NOT EXISTS lockkeeper_observer.stream (
    run        text PRIMARY KEY,
    observed   pg_lsn,
    handled    text[] NOT NULL,   -- gate markers and probes that came through
    changes    jsonb NOT NULL,    -- row changes by relation
    rules      jsonb NOT NULL,    -- what they have shown of row rules: counts, and keys of rows
    updated_at timestamptz NOT NULL DEFAULT now()
);

-- Every verdict given.
CREATE TABLE IF NOT EXISTS lockkeeper_observer.verdict (
    run           text NOT NULL,
    gate          text NOT NULL,
    attempt       integer NOT NULL,
    number        integer NOT NULL,
    decision      text NOT NULL,
    evidence_hash text NOT NULL,
    given_at      timestamptz NOT NULL,
    body          jsonb NOT NULL,
    PRIMARY KEY (run, gate, attempt, number)
);

CREATE TABLE IF NOT EXISTS lockkeeper_observer.alert (
    id          text PRIMARY KEY,
    run         text NOT NULL,
    firing      boolean NOT NULL,
    announced   boolean NOT NULL, -- the topic has all of it
    body        jsonb NOT NULL,
    updated_at  timestamptz NOT NULL DEFAULT now()
);

-- What CD said about versions of applications; a wiped Kafka loses none.
CREATE TABLE IF NOT EXISTS lockkeeper_observer.application_event (
    source      text NOT NULL,
    id          text NOT NULL,
    kind        text NOT NULL,    -- DEPLOYED, ROLLED_BACK, RETIRED
    application text NOT NULL,
    version     text NOT NULL,
    release     text NOT NULL,
    at          timestamptz NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (source, id)
);

-- Calls per routine and hour, of the last eight days, from differences of pg_stat_user_functions.
CREATE TABLE IF NOT EXISTS lockkeeper_observer.routine_calls (
    routine      text NOT NULL,   -- with its input types, as it was called then
    hour         timestamptz NOT NULL,
    calls        bigint NOT NULL,
    milliseconds double precision NOT NULL,
    PRIMARY KEY (routine, hour)
);

-- The server's counters as they were read last.
CREATE TABLE IF NOT EXISTS lockkeeper_observer.routine_counter (
    funcid       oid PRIMARY KEY,
    routine      text NOT NULL,
    calls        bigint NOT NULL,
    milliseconds double precision NOT NULL
);

-- When somebody looked: without this, no call and nobody who would have seen one are the same.
CREATE TABLE IF NOT EXISTS lockkeeper_observer.routine_look (
    hour        timestamptz PRIMARY KEY,
    stats_reset timestamptz
);

-- Calls of the last seven days, 0 where the server counts a routine that nobody called. watched_hours says in how many of the 168
-- hours somebody looked: what was called while nobody looked counts where it was found.
CREATE OR REPLACE VIEW lockkeeper_observer.routine_calls_of_seven_days AS
SELECT routine, coalesce(sum(c.calls), 0)::bigint AS calls, sum(c.milliseconds) / nullif(sum(c.calls), 0) AS mean_ms,
    max(c.hour) AS last_called_in,
    (SELECT count(*) FROM lockkeeper_observer.routine_look l WHERE l.hour > now() - interval '7 days') AS watched_hours
FROM (SELECT routine FROM lockkeeper_observer.routine_counter
      UNION SELECT routine FROM lockkeeper_observer.routine_calls) n
LEFT JOIN (SELECT * FROM lockkeeper_observer.routine_calls WHERE hour > now() - interval '7 days') c USING (routine)
GROUP BY routine;
