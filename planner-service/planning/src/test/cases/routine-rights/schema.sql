CREATE TABLE orders (id bigint PRIMARY KEY, amount integer NOT NULL);
INSERT INTO orders SELECT i, i FROM generate_series(1, 20) i;
CREATE FUNCTION price(order_id bigint) RETURNS integer LANGUAGE sql STABLE
  AS $$ SELECT amount FROM orders WHERE id = order_id $$;
CREATE PROCEDURE tidy(n integer) LANGUAGE plpgsql AS $$ BEGIN PERFORM n; END $$;
GRANT EXECUTE ON PROCEDURE tidy(integer) TO pg_monitor;
