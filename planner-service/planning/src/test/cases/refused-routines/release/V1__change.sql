CREATE OR REPLACE FUNCTION guarded(order_id bigint) RETURNS integer LANGUAGE plpgsql AS $$ BEGIN RETURN 2; END $$;
CREATE OR REPLACE FUNCTION guarded(order_id bigint) RETURNS integer LANGUAGE plpgsql STABLE SECURITY INVOKER COST 50
  SET search_path = public, pg_temp AS $$ BEGIN RETURN 1; END $$;
CREATE OR REPLACE FUNCTION guarded(order_id bigint) RETURNS integer LANGUAGE plpgsql STABLE SECURITY DEFINER COST 50
  SET search_path = public AS $$ BEGIN RETURN 1; END $$;
CREATE OR REPLACE FUNCTION guarded(id bigint) RETURNS bigint LANGUAGE plpgsql STABLE SECURITY DEFINER COST 50
  SET search_path = public, pg_temp AS $$ BEGIN RETURN 1; END $$;
CREATE OR REPLACE FUNCTION listed(OUT a integer, OUT c text) RETURNS SETOF record LANGUAGE sql ROWS 10 AS $$ SELECT 1, 'x'::text $$;
CREATE OR REPLACE FUNCTION folded(t text) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS 'SELECT upper(t)';
CREATE OR REPLACE FUNCTION total(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE OR REPLACE PROCEDURE tidy(n integer) LANGUAGE plpgsql AS $$ BEGIN PERFORM n; END $$;
CREATE OR REPLACE FUNCTION tidy(n integer DEFAULT 5) RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM n; END $$;
CREATE OR REPLACE FUNCTION tally(order_id bigint) RETURNS bigint LANGUAGE sql STABLE AS 'SELECT 1::bigint';
DROP FUNCTION tally(bigint);
DROP FUNCTION folded;
DROP FUNCTION guarded(bigint) CASCADE;
DROP FUNCTION tidy(integer);
DROP FUNCTION nowhere(integer);
CREATE FUNCTION open_path() RETURNS integer LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN RETURN 1; END $$;
CREATE FUNCTION open_end() RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_temp, public AS $$ BEGIN RETURN 1; END $$;
CREATE FUNCTION tally(order_id bigint, factor integer DEFAULT 1) RETURNS integer LANGUAGE sql AS 'SELECT 1';
-- lockkeeper: replaces tally(bigint)
CREATE FUNCTION tally_v2(order_id bigint) RETURNS integer LANGUAGE sql AS 'SELECT 1';
-- lockkeeper: supersedes nowhere(bigint)
CREATE FUNCTION tally_v3(order_id bigint) RETURNS integer LANGUAGE sql AS 'SELECT 1';
-- lockkeeper: supersedes listed()
ALTER TABLE orders ADD COLUMN other text;
DROP PROCEDURE tidy(integer);
CREATE PROCEDURE tidy(n integer) LANGUAGE plpgsql AS $$ BEGIN PERFORM n; END $$;
CREATE PROCEDURE batched() LANGUAGE plpgsql AS $$ BEGIN FOR i IN 1..3 LOOP IF i > 1 THEN COMMIT; END IF; END LOOP; END $$;
DROP FUNCTION touched();
CREATE OR REPLACE FUNCTION "Shouted"(t text) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS 'SELECT lower(t)';
CREATE OR REPLACE FUNCTION doubled(n bigint) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT AS 'SELECT n * 3';
CREATE OR REPLACE FUNCTION sane(t text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN t > 'a'; END $$;
CREATE OR REPLACE FUNCTION trimmed(t text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN ltrim(t); END $$;
CREATE OR REPLACE FUNCTION region_of(id bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT 'a' $$;
-- What nothing keeps may change.
CREATE OR REPLACE FUNCTION presented(t text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT upper(t)';
-- lockkeeper: commits after: each row; retry: from the start
CREATE OR REPLACE PROCEDURE swept() LANGUAGE plpgsql AS $$ BEGIN PERFORM 1; COMMIT; END $$;
CREATE OR REPLACE PROCEDURE swept() LANGUAGE plpgsql AS $$ BEGIN PERFORM 1; END $$;
-- lockkeeper: supersedes priced(bigint, text) with wrapper
CREATE FUNCTION priced_v2(order_id bigint, tax numeric) RETURNS integer LANGUAGE sql STABLE AS 'SELECT 1';
-- lockkeeper: supersedes priced(bigint, text) with wrapper
CREATE FUNCTION priced_v3(order_id bigint, tax text, region text) RETURNS integer LANGUAGE sql STABLE AS 'SELECT 1';
-- lockkeeper: supersedes priced(bigint, text) with wrapper
CREATE FUNCTION priced_v4(order_id bigint, tax text) RETURNS integer LANGUAGE sql AS 'SELECT 1';
-- lockkeeper: supersedes priced(bigint, text) with wrapper
CREATE FUNCTION priced_v5(order_id bigint, tax text) RETURNS text LANGUAGE sql STABLE AS $$ SELECT 'much' $$;
