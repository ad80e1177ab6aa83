CREATE DOMAIN email AS text CONSTRAINT loose CHECK (VALUE <> '') CONSTRAINT at_least CHECK (VALUE LIKE '%@%');
ALTER DOMAIN email ADD CONSTRAINT short CHECK (length(VALUE) < 200) NOT VALID;
ALTER DOMAIN email SET DEFAULT 'nobody@example.org';
CREATE TABLE customers (id bigint PRIMARY KEY, address email);
INSERT INTO customers SELECT i, 'c' || i || '@example.org' FROM generate_series(1, 50) i;
CREATE DOMAIN unused AS integer NOT NULL CONSTRAINT positive CHECK (VALUE > 0);
ALTER DOMAIN unused ADD CONSTRAINT small CHECK (VALUE < 1000) NOT VALID;
