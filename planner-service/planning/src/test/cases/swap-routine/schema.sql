CREATE TABLE orders (id bigint PRIMARY KEY, amount integer NOT NULL);
INSERT INTO orders SELECT i, i FROM generate_series(1, 20) i;

CREATE FUNCTION price(order_id bigint) RETURNS integer LANGUAGE plpgsql STABLE
  AS $$ BEGIN RETURN (SELECT amount FROM orders WHERE id = order_id); END $$;
REVOKE ALL ON FUNCTION price(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION price(bigint) TO pg_monitor;
COMMENT ON FUNCTION price(bigint) IS 'in cents';
CREATE FUNCTION listed(OUT a integer, OUT b text) RETURNS SETOF record LANGUAGE sql ROWS 10 AS $$ SELECT 1, 'x'::text $$;
CREATE PROCEDURE tidy(n integer DEFAULT 5) LANGUAGE plpgsql AS $$ BEGIN PERFORM n; END $$;
