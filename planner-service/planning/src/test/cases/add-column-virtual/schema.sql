CREATE TABLE orders (id bigint PRIMARY KEY, amount integer NOT NULL, price integer NOT NULL);
INSERT INTO orders SELECT i, i, 3 FROM generate_series(1, 300) i;
