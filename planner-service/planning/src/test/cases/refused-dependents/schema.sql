CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL, region text);
INSERT INTO customers SELECT i, 'c' || i || '@example.org', 'north' FROM generate_series(1, 50) i;
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint, status text NOT NULL DEFAULT 'new', amount integer NOT NULL DEFAULT 0,
  placed timestamptz NOT NULL DEFAULT now());
INSERT INTO orders (id, customer_id, amount, placed) SELECT i, 1 + i % 50, i, '2026-01-01' FROM generate_series(1, 500) i;

CREATE VIEW busy AS SELECT status FROM orders;
CREATE TABLE calc (id bigint PRIMARY KEY, base int, twice int GENERATED ALWAYS AS (base * 2) STORED, owner text, size int, gone text);
CREATE POLICY mine ON calc USING (owner = current_user);
CREATE STATISTICS calc_stats ON base, size FROM calc;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.gone := 1; RETURN NEW; END $$;
CREATE TRIGGER touch BEFORE UPDATE OF size ON calc FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TABLE child (id bigint PRIMARY KEY, customer bigint REFERENCES customers);
