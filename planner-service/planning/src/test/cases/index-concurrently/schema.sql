CREATE TABLE orders (id bigserial PRIMARY KEY, customer_id bigint NOT NULL, status text NOT NULL DEFAULT 'new');
INSERT INTO orders (customer_id) SELECT 1 + i % 50 FROM generate_series(1, 500) i;
CREATE INDEX orders_status_idx ON orders (status);
CREATE INDEX orders_customer_idx ON orders (customer_id);
