CREATE TABLE events (id bigint, at timestamptz NOT NULL, source text);
INSERT INTO events SELECT i, '2026-01-01', 's' FROM generate_series(1, 300) i;
CREATE TABLE pairs (a integer NOT NULL, b integer NOT NULL, note text);
INSERT INTO pairs SELECT i, i, 'n' FROM generate_series(1, 300) i;
CREATE TABLE numbers (n integer, CONSTRAINT known CHECK (n IS NOT NULL));
INSERT INTO numbers SELECT i FROM generate_series(1, 300) i;
