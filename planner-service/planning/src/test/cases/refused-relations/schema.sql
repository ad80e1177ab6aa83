CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL, region text);
INSERT INTO customers SELECT i, 'c' || i, 'north' FROM generate_series(1, 50) i;
CREATE TABLE orders (id bigserial PRIMARY KEY, customer_id bigint REFERENCES customers, status text NOT NULL DEFAULT 'new',
  amount integer NOT NULL DEFAULT 0);
INSERT INTO orders (customer_id, amount) SELECT 1 + i % 50, i FROM generate_series(1, 500) i;

CREATE SCHEMA archive;
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TABLE parted (id int NOT NULL, at date NOT NULL, v text) PARTITION BY RANGE (at);
CREATE TABLE parted_2026 PARTITION OF parted FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE other (id int, at date);
CREATE TABLE hashed (id int) PARTITION BY HASH (id);
CREATE TABLE hashed_0 (id int);
CREATE INDEX parted_v_idx ON parted (v);
CREATE VIEW v AS SELECT id, status FROM orders;
CREATE VIEW w AS SELECT id FROM v;
CREATE MATERIALIZED VIEW m AS SELECT 1 AS one;
CREATE FUNCTION take(o customers) RETURNS integer LANGUAGE sql AS 'SELECT 1';
