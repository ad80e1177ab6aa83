CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL, region text);
INSERT INTO customers SELECT i, 'c' || i, 'north' FROM generate_series(1, 50) i;
CREATE TABLE orders (id bigserial PRIMARY KEY, customer_id bigint REFERENCES customers, status text NOT NULL DEFAULT 'new',
  amount integer NOT NULL DEFAULT 0);
INSERT INTO orders (customer_id, amount) SELECT 1 + i % 50, i FROM generate_series(1, 500) i;

CREATE VIEW open_orders AS SELECT id, amount FROM orders WHERE status = 'new';
GRANT SELECT ON open_orders TO PUBLIC;
COMMENT ON VIEW open_orders IS 'still open';
CREATE VIEW plain WITH (security_barrier = true) AS SELECT id FROM orders;
CREATE VIEW old_orders AS SELECT status FROM orders;
CREATE MATERIALIZED VIEW old_totals AS SELECT customer_id, sum(amount) AS total FROM orders GROUP BY 1;
CREATE UNIQUE INDEX old_totals_key ON old_totals (customer_id);
CREATE MATERIALIZED VIEW totals AS SELECT customer_id, sum(amount) AS total FROM orders GROUP BY 1;
CREATE UNIQUE INDEX totals_key ON totals (customer_id);
CREATE MATERIALIZED VIEW empty AS SELECT id FROM orders WITH NO DATA;
