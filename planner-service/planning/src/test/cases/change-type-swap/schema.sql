CREATE TABLE orders (id bigint PRIMARY KEY, amount integer NOT NULL DEFAULT 0 CHECK (amount >= 0), small smallint, price numeric(8,2));
COMMENT ON COLUMN orders.amount IS 'in cents';
CREATE INDEX orders_amount_idx ON orders (amount);
CREATE INDEX orders_big_idx ON orders (id) WHERE amount > 100;
INSERT INTO orders SELECT i, i, i, i FROM generate_series(1, 300) i;
