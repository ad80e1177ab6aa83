CREATE TABLE events (at timestamptz NOT NULL, source text);
INSERT INTO events SELECT '2026-01-01', 's' || i FROM generate_series(1, 300) i;
CREATE TABLE "Odd Table" (a integer);
INSERT INTO "Odd Table" SELECT i FROM generate_series(1, 300) i;
CREATE SEQUENCE "Odd Table_position_seq";
