CREATE TABLE customers (id integer PRIMARY KEY, code integer NOT NULL, name text NOT NULL);
CREATE UNIQUE INDEX customers_code_idx ON customers (code);
INSERT INTO customers SELECT i, i, 'c' || i FROM generate_series(1, 50) i;
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id integer, customer_code integer, amount integer NOT NULL DEFAULT 7, note text NOT NULL);
INSERT INTO orders SELECT i, 1 + i % 50, 1 + i % 50, i, 'n' || i FROM generate_series(1, 300) i;
CREATE TABLE lines (id bigint PRIMARY KEY, ord bigint);
INSERT INTO lines SELECT i, 1 + i % 300 FROM generate_series(1, 300) i;
