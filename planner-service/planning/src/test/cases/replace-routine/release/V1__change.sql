CREATE OR REPLACE FUNCTION order_total(customer bigint) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE line orders%ROWTYPE; -- unqualified, as in the team's own sessions
BEGIN RETURN (SELECT coalesce(sum(amount), 0) FROM orders WHERE customer_id = customer); END $$;
CREATE OR REPLACE FUNCTION pairs(OUT a int, OUT b text) RETURNS SETOF record LANGUAGE sql AS $$ SELECT 2, 'y'::text $$;
CREATE FUNCTION public.new_one(x int[] DEFAULT '{}', VARIADIC y text[] DEFAULT '{}') RETURNS TABLE (n int, m varchar) LANGUAGE sql AS $$ SELECT 1, 'm'::varchar $$;
CREATE PROCEDURE tidy(INOUT n integer) LANGUAGE plpgsql AS $$ BEGIN n := n + 1; END $$;
CREATE OR REPLACE FUNCTION guarded(order_id bigint) RETURNS integer LANGUAGE plpgsql STRICT SECURITY DEFINER
  SET search_path = public, pg_temp AS $$ BEGIN RETURN 2; END $$;
CREATE OR REPLACE FUNCTION touched() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.status := coalesce(NEW.status, 'new'); RETURN NEW; END $$;
CREATE OR REPLACE FUNCTION public.new_one(x int[] DEFAULT '{}', VARIADIC y text[] DEFAULT '{}') RETURNS TABLE (n int, m varchar) LANGUAGE sql AS $$ SELECT 2, 'm'::varchar $$;
CREATE OR REPLACE FUNCTION placed_by(order_id bigint) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE found bigint;
BEGIN
  IF order_id IS NULL THEN
    RETURN NULL;
  END IF;
  SELECT customer_id INTO STRICT found FROM orders WHERE id = order_id;
  RETURN found;
END $$;
