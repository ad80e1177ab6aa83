CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL, region text);
INSERT INTO customers SELECT i, 'c' || i || '@example.org', 'north' FROM generate_series(1, 50) i;
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint, status text NOT NULL DEFAULT 'new', amount integer NOT NULL DEFAULT 0,
  placed timestamptz NOT NULL DEFAULT now());
INSERT INTO orders (id, customer_id, amount, placed) SELECT i, 1 + i % 50, i, '2026-01-01' FROM generate_series(1, 500) i;

CREATE FUNCTION order_total(customer bigint) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE line orders%ROWTYPE; BEGIN RETURN (SELECT sum(amount) FROM orders WHERE customer_id = customer); END $$;
CREATE FUNCTION pairs(OUT a integer, OUT b text) RETURNS SETOF record LANGUAGE sql AS $$ SELECT 1, 'x'::text $$;
CREATE FUNCTION guarded(order_id bigint) RETURNS integer LANGUAGE plpgsql STRICT SECURITY DEFINER
  SET search_path = public, pg_temp AS $$ BEGIN RETURN 1; END $$;
CREATE FUNCTION touched() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER touched BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touched();
CREATE FUNCTION placed_by(order_id bigint) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE found bigint;
BEGIN
  SELECT customer_id INTO STRICT found FROM orders WHERE id = order_id;
  RETURN found;
EXCEPTION WHEN no_data_found THEN
  RAISE EXCEPTION 'no such order' USING ERRCODE = 'P7001';
END $$;
