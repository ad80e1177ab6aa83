CREATE EXTENSION citext;
CREATE EXTENSION pg_trgm;
CREATE TABLE customers (id bigint PRIMARY KEY, email citext NOT NULL, name text, price numeric NOT NULL DEFAULT 1.0);
INSERT INTO customers SELECT i, 'C' || i, 'n' || i, i FROM generate_series(1, 100) i;
ALTER TABLE customers ADD CONSTRAINT email_given CHECK (email <> '');
CREATE INDEX customers_name_trgm ON customers USING gin (name gin_trgm_ops);
