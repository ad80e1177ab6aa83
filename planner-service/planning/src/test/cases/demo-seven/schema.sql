CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL, legacy_code text NOT NULL);
INSERT INTO customers SELECT i, 'c' || i, 'x' FROM generate_series(1, 50) i;
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL, status text NOT NULL DEFAULT 'new', quantity integer NOT NULL DEFAULT 1, note text);
CREATE INDEX orders_quantity_idx ON orders (quantity);
CREATE INDEX orders_status_idx ON orders (status);
INSERT INTO orders SELECT i, 1 + i % 50, 'new', i, 'n' FROM generate_series(1, 500) i;
CREATE TABLE log (at timestamptz DEFAULT '2026-01-01', text text);
INSERT INTO log (text) VALUES ('a');
CREATE FUNCTION open_orders(c bigint) RETURNS bigint LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN (SELECT count(*) FROM orders WHERE customer_id = c AND status = 'new'); END $$;
