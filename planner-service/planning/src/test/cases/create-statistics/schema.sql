CREATE TABLE orders (id bigserial PRIMARY KEY, customer_id bigint, status text NOT NULL DEFAULT 'new', amount integer);
INSERT INTO orders (customer_id, amount) SELECT 1 + i % 50, i FROM generate_series(1, 500) i;
