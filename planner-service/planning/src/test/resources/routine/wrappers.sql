CREATE TABLE cases (id bigint, status text);
CREATE TYPE answer AS (id bigint, word text);

--! 7 = SELECT w01(5)
CREATE FUNCTION w01(n integer) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 7 AS 'SELECT 1::bigint';
CREATE FUNCTION w01_v2(extra integer DEFAULT 2, n bigint DEFAULT 0) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT (n + extra)::integer';
--! null = SELECT w02(NULL)
CREATE FUNCTION w02(n integer) RETURNS integer LANGUAGE plpgsql STRICT AS 'BEGIN RETURN 1; END';
CREATE FUNCTION w02_v2(n integer) RETURNS integer LANGUAGE plpgsql AS 'BEGIN RETURN 2; END';
--! {x} = SELECT array_agg(w) FROM w03('x') AS w
CREATE FUNCTION w03(text) RETURNS SETOF text LANGUAGE sql STABLE ROWS 3 SET search_path = public, pg_temp AS 'SELECT $1 || 1';
CREATE FUNCTION w03_v2(text, integer DEFAULT 0) RETURNS SETOF text LANGUAGE sql STABLE AS 'SELECT $1';
--! {2} = SELECT array_agg(id) FROM w04()
CREATE FUNCTION w04() RETURNS SETOF answer LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN RETURN QUERY SELECT 1::bigint, 'one'; END $$;
CREATE FUNCTION w04_v2(word text DEFAULT 'two') RETURNS SETOF answer LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY SELECT 2::bigint, word; END $$;
--! (2,two) = SELECT w05()
CREATE FUNCTION w05() RETURNS answer LANGUAGE sql BEGIN ATOMIC SELECT 1::bigint, 'one'; END;
CREATE FUNCTION w05_v2() RETURNS answer LANGUAGE plpgsql AS $$ BEGIN RETURN (2, 'two')::answer; END $$;
--! 1 = WITH called AS (SELECT w06(3, 'new')) SELECT count(*) FROM called
CREATE FUNCTION w06(p_id integer, p_status text DEFAULT 'x$wrapper$y') RETURNS void LANGUAGE plpgsql AS 'BEGIN RAISE unique_violation; END';
CREATE FUNCTION w06_v2(p_status text, p_id bigint) RETURNS bigint LANGUAGE sql AS 'SELECT p_id';
--! 9 = SELECT w07(4, p_more => 5)
CREATE FUNCTION w07(p_id integer, p_more integer DEFAULT 1) RETURNS numeric LANGUAGE sql LEAKPROOF AS 'SELECT 1.0';
CREATE FUNCTION w07_v2("p_ID" text DEFAULT '', p_more integer DEFAULT 0, p_id integer DEFAULT 0) RETURNS integer LANGUAGE sql LEAKPROOF AS 'SELECT p_id + p_more';
--! refused: nothing takes its argument other
CREATE FUNCTION w20(other integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION w20_v2(n integer DEFAULT 1) RETURNS integer LANGUAGE sql AS 'SELECT 1';
--! refused: the new one needs word text
CREATE FUNCTION w21(n integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION w21_v2(n integer, word text) RETURNS integer LANGUAGE sql AS 'SELECT 1';
--! refused: argument n bigint is bigint, the new one takes integer
CREATE FUNCTION w22(n bigint) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION w22_v2(n integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';
--! refused: integer before, bigint now
CREATE FUNCTION w23(n integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION w23_v2(n integer) RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint';
--! refused: the results differ
CREATE FUNCTION w24() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION w24_v2() RETURNS SETOF integer LANGUAGE sql AS 'SELECT 1';
--! refused: cannot call one that is VOLATILE
CREATE FUNCTION w25() RETURNS integer LANGUAGE sql STABLE AS 'SELECT 1';
CREATE FUNCTION w25_v2() RETURNS integer LANGUAGE sql AS 'SELECT 1';
--! refused: PARALLEL SAFE
CREATE FUNCTION w26() RETURNS integer LANGUAGE sql PARALLEL SAFE AS 'SELECT 1';
CREATE FUNCTION w26_v2() RETURNS integer LANGUAGE sql AS 'SELECT 1';
--! refused: output arguments
CREATE FUNCTION w27(OUT a integer, OUT b integer) LANGUAGE sql AS 'SELECT 1, 2';
CREATE FUNCTION w27_v2() RETURNS integer LANGUAGE sql AS 'SELECT 1';
--! refused: VARIADIC
CREATE FUNCTION w28(VARIADIC n integer[]) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION w28_v2(n integer[]) RETURNS integer LANGUAGE sql AS 'SELECT 1';
--! refused: anyelement
CREATE FUNCTION w29(n anyelement) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION w29_v2(n anyelement) RETURNS integer LANGUAGE sql AS 'SELECT 1';
--! refused: a trigger function
CREATE FUNCTION w30() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE FUNCTION w30_v2() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
--! refused: different kinds
CREATE FUNCTION w31() RETURNS void LANGUAGE plpgsql AS 'BEGIN END';
CREATE PROCEDURE w31_v2() LANGUAGE plpgsql AS 'BEGIN END';
--! {2} = SELECT array_agg(a) FROM w08(1)
CREATE FUNCTION w08(n integer) RETURNS TABLE (a bigint, b text) LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY SELECT 1::bigint, 'one'; END $$;
CREATE FUNCTION w08_v2(n integer, m integer DEFAULT 2) RETURNS TABLE (a bigint, b text) LANGUAGE sql AS $$ SELECT m::bigint, 'two' $$;
