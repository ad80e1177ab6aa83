CREATE TABLE customers (id bigint PRIMARY KEY);
INSERT INTO customers SELECT i FROM generate_series(1, 50) i;
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id integer NOT NULL DEFAULT 1, amount integer NOT NULL DEFAULT 7, state text NOT NULL DEFAULT 'new');
INSERT INTO orders SELECT i, 1 + i % 50, i, 's' FROM generate_series(1, 300) i;
