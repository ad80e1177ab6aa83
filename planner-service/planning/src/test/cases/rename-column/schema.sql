CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL, region text);
INSERT INTO customers SELECT i, 'c' || i || '@example.org', 'north' FROM generate_series(1, 50) i;
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint, status text NOT NULL DEFAULT 'new', amount integer NOT NULL DEFAULT 0,
  placed timestamptz NOT NULL DEFAULT now());
INSERT INTO orders (id, customer_id, amount, placed) SELECT i, 1 + i % 50, i, '2026-01-01' FROM generate_series(1, 500) i;

CREATE INDEX orders_status_idx ON orders (status DESC, id) WHERE status <> 'done';
CREATE INDEX orders_lower_idx ON orders (lower(status)) INCLUDE (amount);
COMMENT ON INDEX orders_lower_idx IS 'for search';
ALTER TABLE orders ADD CONSTRAINT status_known CHECK (status IN ('new', 'status', 'done'));
ALTER TABLE orders ALTER status SET STATISTICS 500;
COMMENT ON COLUMN orders.status IS 'where it is';
GRANT SELECT (status), UPDATE (status) ON orders TO PUBLIC;
CREATE FUNCTION open_orders() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT count(*) FROM orders WHERE status = 'new'); END $$;
