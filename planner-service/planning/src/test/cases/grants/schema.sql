CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL, region text);
INSERT INTO customers SELECT i, 'c' || i, 'north' FROM generate_series(1, 50) i;
CREATE TABLE orders (id bigserial PRIMARY KEY, customer_id bigint REFERENCES customers, status text NOT NULL DEFAULT 'new',
  amount integer NOT NULL DEFAULT 0);
INSERT INTO orders (customer_id, amount) SELECT 1 + i % 50, i FROM generate_series(1, 500) i;

CREATE SEQUENCE numbers;
GRANT SELECT ON orders TO PUBLIC;
GRANT INSERT, UPDATE ON orders TO PUBLIC;
GRANT SELECT (email, region) ON customers TO PUBLIC;
