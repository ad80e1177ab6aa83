CREATE TABLE orders (id bigint PRIMARY KEY, note text);
INSERT INTO orders SELECT i, 'n' || i FROM generate_series(1, 20) i;
CREATE FUNCTION folded(t text) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS 'SELECT lower(t)';
CREATE INDEX orders_folded ON orders (folded(note));
CREATE FUNCTION guarded(order_id bigint) RETURNS integer LANGUAGE plpgsql STABLE SECURITY DEFINER COST 50
  SET search_path = public, pg_temp AS $$ BEGIN RETURN 1; END $$;
CREATE FUNCTION listed(OUT a integer, OUT b text) RETURNS SETOF record LANGUAGE sql ROWS 10 AS $$ SELECT 1, 'x'::text $$;
CREATE AGGREGATE total(integer) (SFUNC = int4pl, STYPE = integer);
CREATE PROCEDURE tidy(n integer DEFAULT 5) LANGUAGE plpgsql AS $$ BEGIN PERFORM n; END $$;
CREATE FUNCTION tally(order_id bigint) RETURNS integer LANGUAGE sql STABLE AS 'SELECT 1';
CREATE VIEW tallied AS SELECT id, tally(id) AS tally FROM orders;
