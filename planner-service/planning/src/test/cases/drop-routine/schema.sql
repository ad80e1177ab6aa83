CREATE TABLE orders (id bigint PRIMARY KEY, note text);
INSERT INTO orders SELECT i, 'n' || i FROM generate_series(1, 20) i;

CREATE FUNCTION total(order_id bigint, factor numeric DEFAULT 1) RETURNS numeric LANGUAGE plpgsql STABLE STRICT
  SECURITY DEFINER COST 7 SET search_path = public, pg_temp SET work_mem = '2MB'
  AS $$ BEGIN RETURN order_id * factor; END $$;
REVOKE ALL ON FUNCTION total(bigint, numeric) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION total(bigint, numeric) TO pg_monitor WITH GRANT OPTION;
COMMENT ON FUNCTION total(bigint, numeric) IS 'what''s owed';
CREATE FUNCTION total(order_id text) RETURNS text LANGUAGE sql AS $$ SELECT order_id $$;
CREATE FUNCTION report() RETURNS numeric LANGUAGE plpgsql AS $$ BEGIN RETURN total(1, 2); END $$;
CREATE FUNCTION labels(VARIADIC parts text[]) RETURNS TABLE (place bigint, label text) LANGUAGE sql ROWS 5
  AS $$ SELECT place, label FROM unnest(parts) WITH ORDINALITY AS p (label, place) $$;
CREATE FUNCTION "Odd (name)"(o orders) RETURNS text LANGUAGE sql STABLE RETURN o.note;
CREATE PROCEDURE tidy(n integer, INOUT done boolean DEFAULT false) LANGUAGE plpgsql AS $$ BEGIN done := true; END $$;
CREATE FUNCTION longer(a text, b text) RETURNS text LANGUAGE sql IMMUTABLE
  AS $$ SELECT CASE WHEN length(b) > length(a) THEN b ELSE a END $$;
CREATE AGGREGATE longest(text) (SFUNC = longer, STYPE = text);
