CREATE TABLE orders (id bigint PRIMARY KEY, status text NOT NULL DEFAULT 'new', amount integer NOT NULL DEFAULT 0);
INSERT INTO orders (id, amount) SELECT i, i FROM generate_series(1, 500) i;
CREATE VIEW open_orders AS SELECT id, status, amount FROM orders WHERE status = 'new';
CREATE VIEW large_orders AS SELECT id FROM open_orders WHERE amount > 100;
GRANT SELECT, INSERT ON open_orders TO PUBLIC;
COMMENT ON VIEW open_orders IS 'what is to be done';
CREATE MATERIALIZED VIEW totals AS SELECT status, sum(amount) AS total FROM orders GROUP BY status;
CREATE UNIQUE INDEX totals_status ON totals (status);
GRANT SELECT ON totals TO PUBLIC;
