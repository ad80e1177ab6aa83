CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL, region text);
INSERT INTO customers SELECT i, 'c' || i, 'north' FROM generate_series(1, 50) i;
CREATE TABLE orders (id bigserial PRIMARY KEY, customer_id bigint REFERENCES customers, status text NOT NULL DEFAULT 'new',
  amount integer NOT NULL DEFAULT 0);
INSERT INTO orders (customer_id, amount) SELECT 1 + i % 50, i FROM generate_series(1, 500) i;

CREATE INDEX orders_status_idx ON orders (status);
COMMENT ON TABLE orders IS 'what was bought';
CREATE TABLE lines (id int PRIMARY KEY, order_id bigint REFERENCES orders);
CREATE VIEW open_orders AS SELECT id FROM orders WHERE status = 'new';
GRANT SELECT, INSERT ON orders TO PUBLIC;
GRANT UPDATE (amount) ON orders TO PUBLIC;
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON orders USING (amount > 0);
CREATE TABLE events (id int, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
