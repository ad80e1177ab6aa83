CREATE TABLE orders (id bigint PRIMARY KEY, amount numeric(10, 2), note varchar(20));
CREATE TYPE pair AS (a integer, b text);
CREATE DOMAIN amount AS numeric CHECK (VALUE >= 0);

CREATE FUNCTION add(a integer, b integer DEFAULT 1) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT a + b';
CREATE FUNCTION note(order_id bigint) RETURNS text LANGUAGE sql STABLE AS 'SELECT note FROM orders WHERE id = order_id';
CREATE FUNCTION guarded(order_id bigint) RETURNS numeric LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp SET work_mem = '1MB' AS $$ BEGIN RETURN 1; END $$;
CREATE FUNCTION columns(IN x integer, OUT a integer, OUT b text) LANGUAGE sql AS $$ SELECT 1, 'x' $$;
CREATE FUNCTION one_out(x integer, OUT a integer) LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION listed() RETURNS TABLE (id bigint, note text) LANGUAGE sql COST 50 ROWS 10 AS $$ SELECT 1::bigint, 'x' $$;
CREATE FUNCTION many() RETURNS SETOF integer LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION unnamed(integer, text) RETURNS integer LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION same(x anyelement) RETURNS anyelement LANGUAGE sql AS 'SELECT x';
CREATE FUNCTION list_of(items integer[]) RETURNS integer LANGUAGE sql AS 'SELECT items[1]';
CREATE FUNCTION of_many(VARIADIC items text[]) RETURNS text LANGUAGE sql AS 'SELECT items[1]';
CREATE FUNCTION paired(p pair) RETURNS pair LANGUAGE sql AS 'SELECT p';
CREATE FUNCTION stamped() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE FUNCTION standard(x integer) RETURNS integer LANGUAGE sql RETURN x + 1;
CREATE FUNCTION texts(t text DEFAULT 'a', v varchar DEFAULT 'b', at timestamptz DEFAULT now()) RETURNS text LANGUAGE sql AS 'SELECT t';
CREATE PROCEDURE tidy(n integer DEFAULT 5) LANGUAGE plpgsql AS $$ BEGIN DELETE FROM orders WHERE id = n; END $$;
CREATE PROCEDURE counted(IN n integer, INOUT done integer) LANGUAGE plpgsql AS $$ BEGIN done := n; END $$;
CREATE AGGREGATE total(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '0');
