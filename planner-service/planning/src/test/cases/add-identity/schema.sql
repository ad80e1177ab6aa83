CREATE TABLE orders (id bigint PRIMARY KEY, number integer NOT NULL, other smallint);
INSERT INTO orders SELECT i, i, i FROM generate_series(1, 300) i;
CREATE INDEX orders_number ON orders (number);
CREATE TABLE lines (id bigint PRIMARY KEY);
CREATE INDEX lines_id ON lines (id);
ALTER TABLE lines CLUSTER ON lines_id;
