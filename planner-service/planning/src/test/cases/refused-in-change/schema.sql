CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL, region text);
INSERT INTO customers SELECT i, 'c' || i || '@example.org', 'north' FROM generate_series(1, 50) i;
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint, status text NOT NULL DEFAULT 'new', amount integer NOT NULL DEFAULT 0,
  placed timestamptz NOT NULL DEFAULT now());
INSERT INTO orders (id, customer_id, amount, placed) SELECT i, 1 + i % 50, i, '2026-01-01' FROM generate_series(1, 500) i;
CREATE TABLE clients (id bigint PRIMARY KEY, email text NOT NULL);
CREATE VIEW view_of_clients AS SELECT id FROM clients;
CREATE TABLE parted (id int, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE part (LIKE parted);
