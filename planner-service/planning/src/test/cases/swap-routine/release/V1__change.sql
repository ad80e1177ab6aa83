CREATE OR REPLACE FUNCTION price(order_id bigint) RETURNS bigint LANGUAGE plpgsql STABLE
  AS $$ BEGIN RETURN (SELECT amount * 1000::bigint FROM orders WHERE id = order_id); END $$;
CREATE OR REPLACE FUNCTION listed(OUT a integer, OUT c text) RETURNS SETOF record LANGUAGE sql ROWS 10 AS $$ SELECT 1, 'x'::text $$;
CREATE OR REPLACE FUNCTION tidy(n integer) RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM n; END $$;
