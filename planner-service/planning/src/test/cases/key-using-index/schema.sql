CREATE TABLE events (id bigint, code text NOT NULL, source text);
INSERT INTO events SELECT i, 'c' || i, 's' || i FROM generate_series(1, 300) i;
CREATE UNIQUE INDEX events_id ON events (id);
CREATE UNIQUE INDEX events_code ON events (code) INCLUDE (source);
COMMENT ON INDEX events_code IS 'one each';
ALTER TABLE events REPLICA IDENTITY USING INDEX events_code;
