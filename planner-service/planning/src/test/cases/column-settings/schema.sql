CREATE TABLE orders (id bigint PRIMARY KEY, customer integer, note text, price numeric);
ALTER TABLE orders ALTER customer SET STATISTICS 50, ALTER customer SET (n_distinct = -0.5), ALTER note SET STORAGE EXTERNAL;
INSERT INTO orders SELECT i, i % 10, 'n', i FROM generate_series(1, 300) i;
