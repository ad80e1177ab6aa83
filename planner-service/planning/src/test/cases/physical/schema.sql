CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL, region text);
INSERT INTO customers SELECT i, 'c' || i, 'north' FROM generate_series(1, 50) i;
CREATE TABLE orders (id bigserial PRIMARY KEY, customer_id bigint REFERENCES customers, status text NOT NULL DEFAULT 'new',
  amount integer NOT NULL DEFAULT 0);
INSERT INTO orders (customer_id, amount) SELECT 1 + i % 50, i FROM generate_series(1, 500) i;

CREATE UNIQUE INDEX customers_email_key ON customers (email);
ALTER TABLE customers SET (fillfactor = 80, toast.autovacuum_enabled = false);
CREATE STATISTICS orders_ndistinct (ndistinct) ON customer_id, status FROM orders;
CREATE SEQUENCE numbers INCREMENT BY 5;
CREATE TABLE named (id int PRIMARY KEY, number bigint);
ALTER SEQUENCE numbers OWNED BY named.number;
