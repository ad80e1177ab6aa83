CREATE TABLE orders (id bigint PRIMARY KEY, code integer NOT NULL, flag boolean);
CREATE INDEX orders_code_idx ON orders (code);
INSERT INTO orders SELECT i, i, i % 2 = 0 FROM generate_series(1, 300) i;
