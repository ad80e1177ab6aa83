CREATE TABLE orders (id bigint PRIMARY KEY, note text, total numeric DEFAULT 0);
CREATE TABLE memos (id bigint PRIMARY KEY, note text, order_id bigint);
CREATE TABLE keys (id bigint PRIMARY KEY, word text);
CREATE TABLE archive (id bigint, note text, total numeric);
CREATE SCHEMA other;
CREATE TABLE other.orders (id bigint, note text);
INSERT INTO orders VALUES (1, 'one', 1), (2, 'two', 2);
INSERT INTO memos VALUES (1, 'one', 1);
INSERT INTO keys VALUES (1, 'one');
INSERT INTO archive VALUES (1, 'one', 1);
INSERT INTO other.orders VALUES (1, 'one');
CREATE SEQUENCE numbers;
CREATE FUNCTION helper(n integer) RETURNS integer LANGUAGE sql AS 'SELECT n';
CREATE FUNCTION helper(n integer, m integer) RETURNS integer LANGUAGE sql AS 'SELECT n + m';
CREATE FUNCTION other.helper(n integer) RETURNS integer LANGUAGE sql AS 'SELECT n';
CREATE FUNCTION every_order() RETURNS SETOF orders LANGUAGE sql AS 'SELECT * FROM orders';
CREATE FUNCTION notes() RETURNS TABLE (id bigint, note text) LANGUAGE sql AS $$ SELECT 1::bigint, 'one' $$;

--! column named: SELECT c01()
CREATE FUNCTION c01() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT orders.note FROM orders LIMIT 1); END $$;
--! column named: SELECT c02()
CREATE FUNCTION c02() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT o.note FROM public.orders AS o LIMIT 1); END $$;
--! column named: SELECT c03()
CREATE FUNCTION c03() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT count(*) FROM orders WHERE "note" IS NULL); END $$;
--! column absent: SELECT c04()
CREATE FUNCTION c04() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN RETURN (SELECT count(*) FROM orders o JOIN memos m ON m.order_id = o.id WHERE m.note = 'one'); END $$;
--! column named: SELECT c05()
CREATE FUNCTION c05() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN RETURN (SELECT count(*) FROM orders o JOIN memos m ON m.order_id = o.id WHERE m.note = o.note); END $$;
--! column absent: SELECT c06()
CREATE FUNCTION c06() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN /* the note of orders */ RETURN (SELECT count(*) FROM orders); -- note
END $$;
--! column absent: SELECT c07()
CREATE FUNCTION c07() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN RETURN (SELECT count(*) FROM orders WHERE 'note' = 'SELECT note FROM orders'); END $$;
--! column absent: SELECT c08()
CREATE FUNCTION c08() RETURNS text LANGUAGE plpgsql AS $$
BEGIN RETURN (SELECT max((SELECT note FROM memos m WHERE m.order_id = o.id)) FROM orders o); END $$;
--! column named: SELECT c09()
CREATE FUNCTION c09() RETURNS text LANGUAGE plpgsql AS $$
BEGIN RETURN (SELECT max((SELECT note FROM keys k WHERE k.id = o.id)) FROM orders o); END $$;
--! column absent: SELECT c10()
CREATE FUNCTION c10() RETURNS text LANGUAGE plpgsql AS $$
BEGIN RETURN (WITH orders AS (SELECT 'x' AS note) SELECT note FROM orders); END $$;
--! column named: SELECT c11()
CREATE FUNCTION c11() RETURNS text LANGUAGE plpgsql AS $$
BEGIN RETURN (WITH recent AS (SELECT * FROM orders) SELECT max(note) FROM recent); END $$;
--! column named: SELECT c12()
CREATE FUNCTION c12() RETURNS text LANGUAGE plpgsql AS $$
BEGIN RETURN (SELECT max(s.note) FROM (SELECT o.* FROM orders o) s); END $$;
--! column absent: SELECT c13()
CREATE FUNCTION c13() RETURNS text LANGUAGE plpgsql AS $$
BEGIN RETURN (SELECT max(s.note) FROM (SELECT id::text AS note FROM orders) s); END $$;
--! column absent: SELECT c14()
CREATE FUNCTION c14() RETURNS text LANGUAGE plpgsql AS $$
BEGIN RETURN (SELECT id::text AS note FROM orders ORDER BY note LIMIT 1); END $$;
--! column named: SELECT c15()
CREATE FUNCTION c15() RETURNS void LANGUAGE plpgsql AS $$ BEGIN INSERT INTO orders (id, note) VALUES (15, 'x'); END $$;
--! column named: SELECT c16()
CREATE FUNCTION c16() RETURNS void LANGUAGE plpgsql AS $$ BEGIN INSERT INTO orders VALUES (16, 'x', 1); END $$;
--! column absent: SELECT c17()
CREATE FUNCTION c17() RETURNS void LANGUAGE plpgsql AS $$ BEGIN INSERT INTO orders VALUES (17); END $$;
--! column named: SELECT c18()
CREATE FUNCTION c18() RETURNS void LANGUAGE plpgsql AS $$ BEGIN UPDATE orders SET note = 'x' WHERE id = 1; END $$;
--! column absent: SELECT c19()
CREATE FUNCTION c19() RETURNS void LANGUAGE plpgsql AS $$
BEGIN UPDATE memos SET note = o.total::text FROM orders o WHERE o.id = order_id; END $$;
--! column named: SELECT c20()
CREATE FUNCTION c20() RETURNS void LANGUAGE plpgsql AS $$
BEGIN INSERT INTO orders (id, total) VALUES (1, 2) ON CONFLICT (id) DO UPDATE SET total = excluded.total, note = NULL; END $$;
--! column named: SELECT c21()
CREATE FUNCTION c21() RETURNS text LANGUAGE plpgsql AS $$
DECLARE gone text; BEGIN DELETE FROM orders WHERE id = 2 RETURNING note INTO gone; RETURN gone; END $$;
--! column named: SELECT c22()
CREATE FUNCTION c22() RETURNS void LANGUAGE plpgsql AS $$
BEGIN MERGE INTO memos m USING orders o ON m.order_id = o.id WHEN MATCHED THEN UPDATE SET note = o.note; END $$;
--! column absent: SELECT c23()
CREATE FUNCTION c23() RETURNS void LANGUAGE plpgsql AS $$
BEGIN MERGE INTO memos m USING orders o ON m.order_id = o.id WHEN MATCHED THEN UPDATE SET note = o.total::text; END $$;
--! column named: SELECT c24()
CREATE FUNCTION c24() RETURNS text LANGUAGE plpgsql AS $$
DECLARE r orders%ROWTYPE; BEGIN SELECT * INTO r FROM orders LIMIT 1; RETURN r.note; END $$;
--! column named: SELECT c25()
CREATE FUNCTION c25() RETURNS text LANGUAGE plpgsql AS $$
DECLARE r public.orders; BEGIN r.note := 'x'; RETURN 'y'; END $$;
--! column absent: SELECT c26()
CREATE FUNCTION c26() RETURNS text LANGUAGE plpgsql AS $$
DECLARE r memos%ROWTYPE; n bigint; BEGIN SELECT count(*) INTO n FROM orders; r.note := 'x'; RETURN r.note; END $$;
--! column named: SELECT c27()
CREATE FUNCTION c27() RETURNS text LANGUAGE plpgsql AS $$ DECLARE word orders.note%TYPE; BEGIN RETURN word; END $$;
--! column absent: SELECT c28()
CREATE FUNCTION c28() RETURNS text LANGUAGE plpgsql AS $$
DECLARE word memos.note%TYPE; n orders.id%TYPE; BEGIN RETURN word; END $$;
--! column named: SELECT c29()
CREATE FUNCTION c29() RETURNS text LANGUAGE plpgsql AS $$
DECLARE r record; BEGIN FOR r IN SELECT * FROM orders LOOP RETURN r.note; END LOOP; RETURN NULL; END $$;
--! column absent: SELECT c30()
CREATE FUNCTION c30() RETURNS text LANGUAGE plpgsql AS $$
DECLARE r record; BEGIN FOR r IN SELECT id AS note FROM orders LOOP RETURN r.note; END LOOP; RETURN NULL; END $$;
--! column absent: SELECT c31()
CREATE FUNCTION c31() RETURNS text LANGUAGE plpgsql AS $$
DECLARE o record; m record; BEGIN SELECT * INTO o FROM orders LIMIT 1; SELECT * INTO m FROM memos; RETURN m.note; END $$;
--! column unread: SELECT c32()
CREATE FUNCTION c32() RETURNS text LANGUAGE plpgsql AS $$
DECLARE r record; n bigint; BEGIN SELECT count(*) INTO n FROM orders; SELECT * INTO r FROM notes(); RETURN r.note; END $$;
--! column hidden: SELECT c33()
CREATE FUNCTION c33() RETURNS text LANGUAGE plpgsql AS $$
DECLARE word text; BEGIN EXECUTE format('SELECT max(%I) FROM orders', 'no' || 'te') INTO word; RETURN word; /* note */ END $$;
--! column unread: SELECT c34()
CREATE FUNCTION c34() RETURNS text LANGUAGE plpgsql AS $$
DECLARE word text; BEGIN EXECUTE format('SELECT max(%I) FROM orders', 'note') INTO word; RETURN word; END $$;
--! column named: SELECT c35()
CREATE FUNCTION c35() RETURNS text LANGUAGE plpgsql AS $$
DECLARE word text; BEGIN EXECUTE 'SELECT max(note) FROM orders' INTO word; RETURN word; END $$;
--! column absent: SELECT c36()
CREATE FUNCTION c36() RETURNS text LANGUAGE plpgsql AS $$
DECLARE word text; n bigint;
BEGIN EXECUTE 'SELECT max(note) FROM memos' INTO word; SELECT count(*) INTO n FROM orders; RETURN word; END $$;
--! column named: SELECT c37()
CREATE FUNCTION c37() RETURNS text LANGUAGE plpgsql AS $$
DECLARE c CURSOR FOR SELECT * FROM orders; BEGIN FOR r IN c LOOP RETURN r.note; END LOOP; RETURN NULL; END $$;
--! column named: SELECT c38()
CREATE FUNCTION c38() RETURNS text LANGUAGE plpgsql AS $$
DECLARE c refcursor; r record; BEGIN OPEN c FOR SELECT * FROM orders; FETCH c INTO r; CLOSE c; RETURN r.note; END $$;
--! column absent: SELECT c39()
CREATE FUNCTION c39() RETURNS text LANGUAGE plpgsql AS $$
DECLARE note text := 'x'; n bigint; BEGIN SELECT count(*) INTO n FROM orders; note := note || n; RETURN note; END $$;
--! column absent: SELECT c40()
CREATE FUNCTION c40() RETURNS bigint LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE note text := 'x'; BEGIN RETURN (SELECT count(*) FROM orders WHERE note = 'x'); END $$;
--! column named: SELECT c41(o) FROM orders o
CREATE FUNCTION c41(o orders) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN o.note; END $$;
--! column named: SELECT c42(o) FROM orders o
CREATE FUNCTION c42(o orders) RETURNS text LANGUAGE sql AS $$ SELECT o.note $$;
--! column named: SELECT c43(o) FROM orders o
CREATE FUNCTION c43(orders) RETURNS text LANGUAGE sql AS $$ SELECT $1.note $$;
--! column absent: SELECT c44(o) FROM memos o
CREATE FUNCTION c44(o memos) RETURNS text LANGUAGE sql AS $$ SELECT o.note FROM orders $$;
--! column named: SELECT c45()
CREATE FUNCTION c45() RETURNS text LANGUAGE sql AS $$ SELECT word FROM keys; SELECT note FROM orders $$;
--! column named: SELECT c46()
CREATE FUNCTION c46() RETURNS TABLE (a bigint, b text, c numeric) LANGUAGE sql AS $$ SELECT * FROM orders $$;
--! column absent: SELECT c47()
CREATE FUNCTION c47() RETURNS SETOF orders LANGUAGE sql AS $$ SELECT * FROM orders $$;
--! column named: SELECT c48()
CREATE FUNCTION c48() RETURNS TABLE (a bigint, b text, c numeric) LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY SELECT * FROM orders; END $$;
--! column absent: SELECT c49()
CREATE FUNCTION c49() RETURNS SETOF orders LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY SELECT * FROM orders; END $$;
--! column named: SELECT c50()
CREATE FUNCTION c50() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM (SELECT * FROM archive UNION ALL SELECT * FROM orders) s $$;
--! column silent: SELECT c51()
CREATE FUNCTION c51() RETURNS void LANGUAGE sql AS $$ INSERT INTO archive SELECT * FROM orders $$;
--! column named: SELECT c52()
CREATE FUNCTION c52() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM orders JOIN memos USING (note) $$;
--! column silent: SELECT c53()
CREATE FUNCTION c53() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM orders NATURAL JOIN memos $$;
--! column absent: SELECT c54()
CREATE FUNCTION c54() RETURNS text LANGUAGE sql AS $$ SELECT note FROM other.orders $$;
--! column absent: SELECT c55()
CREATE FUNCTION c55() RETURNS text LANGUAGE sql SET search_path = other, pg_temp AS $$ SELECT note FROM orders $$;
--! column named: SELECT c56()
CREATE FUNCTION c56() RETURNS text LANGUAGE plpgsql AS $$
BEGIN CREATE TEMP TABLE recent AS SELECT * FROM orders; RETURN (SELECT max(note) FROM recent); END $$;
--! column named: SELECT c57()
CREATE FUNCTION c57() RETURNS text LANGUAGE sql AS $$ SELECT (o).note FROM orders o $$;
--! column named: SELECT c58()
CREATE FUNCTION c58() RETURNS text LANGUAGE sql AS $$ SELECT (every_order()).note $$;
--! column named: SELECT c59()
CREATE FUNCTION c59() RETURNS text LANGUAGE sql AS $$ SELECT e.note FROM every_order() e $$;
--! column absent: SELECT c60()
CREATE FUNCTION c60() RETURNS text LANGUAGE sql AS $$ SELECT e.note FROM notes() e, orders $$;
--! column named: INSERT INTO orders (id) VALUES (61)
CREATE FUNCTION c61() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.note := coalesce(NEW.note, 'x'); RETURN NEW; END $$;
CREATE TRIGGER c61 BEFORE INSERT ON orders FOR EACH ROW WHEN (NEW.id = 61) EXECUTE FUNCTION c61();
--! column absent: INSERT INTO memos (id) VALUES (62)
CREATE FUNCTION c62() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN NEW.note := NEW.note || (SELECT count(*) FROM orders); RETURN NEW; END $$;
CREATE TRIGGER c62 BEFORE INSERT ON memos FOR EACH ROW WHEN (NEW.id = 62) EXECUTE FUNCTION c62();
--! column named: INSERT INTO orders (id) VALUES (63)
CREATE FUNCTION c63() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN IF EXISTS (SELECT FROM fresh WHERE id = 63) THEN PERFORM max(note) FROM fresh; END IF; RETURN NULL; END $$;
CREATE TRIGGER c63 AFTER INSERT ON orders REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION c63();
--! column silent: INSERT INTO orders (id) VALUES (64)
CREATE FUNCTION c64() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO archive SELECT NEW.*; RETURN NEW; END $$;
CREATE TRIGGER c64 BEFORE INSERT ON orders FOR EACH ROW WHEN (NEW.id = 64) EXECUTE FUNCTION c64();
--! column named: CALL c65()
CREATE PROCEDURE c65() LANGUAGE plpgsql AS $$ DECLARE word text; BEGIN SELECT o.note INTO word FROM orders o WHERE id = 1; END $$;
--! column named: SELECT c66()
CREATE FUNCTION c66() RETURNS void LANGUAGE plpgsql AS $$ BEGIN CREATE INDEX ON orders (note); END $$;
--! column named: SELECT c67()
CREATE FUNCTION c67() RETURNS text LANGUAGE plpgsql AS 'DECLARE r orders; BEGIN r.note := ''x''; RETURN r.note; END';
--! column named: SELECT c68()
CREATE FUNCTION c68() RETURNS text LANGUAGE plpgsql AS $$ DECLARE r orders%ROWTYPE; BEGIN SELECT 'x' INTO r.note; RETURN 'y'; END $$;
--! column named: SELECT c69()
CREATE FUNCTION c69() RETURNS text LANGUAGE plpgsql AS $$ DECLARE r orders%ROWTYPE; BEGIN r.note := 'x'; RETURN 'y'; END $$;

--! table named: SELECT t01()
CREATE FUNCTION t01() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT count(*) FROM archive); END $$;
--! table absent: SELECT t02()
CREATE FUNCTION t02() RETURNS text LANGUAGE plpgsql AS $$ BEGIN /* archive */ RETURN 'archive'; END $$;
--! table absent: SELECT t03()
CREATE FUNCTION t03() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN RETURN (WITH archive AS (SELECT * FROM orders) SELECT count(archive.id) FROM archive); END $$;
--! table named: SELECT t04()
CREATE FUNCTION t04() RETURNS text LANGUAGE plpgsql AS $$ DECLARE r archive%ROWTYPE; BEGIN RETURN r.note; END $$;
--! table named: SELECT t05()
CREATE FUNCTION t05() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RETURN pg_relation_size('archive'::regclass); END $$;
--! table named: SELECT t06()
CREATE FUNCTION t06() RETURNS void LANGUAGE plpgsql AS $$ BEGIN TRUNCATE archive; END $$;
--! table unread: SELECT t07()
CREATE FUNCTION t07() RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'TRUNCATE ' || quote_ident('archive'); END $$;
--! table absent: SELECT t08()
CREATE FUNCTION t08() RETURNS bigint LANGUAGE plpgsql AS $$ DECLARE archive bigint := 1; BEGIN RETURN archive; END $$;
--! table named: SELECT t09()
CREATE FUNCTION t09() RETURNS bigint LANGUAGE sql AS $$ WITH gone AS (DELETE FROM archive RETURNING id) SELECT count(*) FROM gone $$;
--! table named: SELECT t10()
CREATE FUNCTION t10() RETURNS text LANGUAGE sql AS $$ SELECT (NULL::archive).note $$;

--! routine named: SELECT r01()
CREATE FUNCTION r01() RETURNS integer LANGUAGE plpgsql AS $$ BEGIN RETURN helper(1); END $$;
--! routine absent: SELECT r02()
CREATE FUNCTION r02() RETURNS integer LANGUAGE plpgsql AS $$ BEGIN RETURN helper(1, 2); END $$;
--! routine named: SELECT r03()
CREATE FUNCTION r03() RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM public.helper(n => 1); END $$;
--! routine absent: SELECT r04()
CREATE FUNCTION r04() RETURNS integer LANGUAGE plpgsql AS $$ BEGIN RETURN other.helper(1); END $$;
--! routine absent: SELECT r05()
CREATE FUNCTION r05() RETURNS text LANGUAGE plpgsql AS $$ DECLARE helper text := 'helper(1)'; BEGIN RETURN helper; END $$;
--! routine unread: SELECT r06()
CREATE FUNCTION r06() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE n integer; BEGIN EXECUTE format('SELECT %I(1)', 'helper') INTO n; RETURN n; END $$;

--! sequence named: SELECT s01()
CREATE FUNCTION s01() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RETURN nextval('numbers'); END $$;
--! sequence named: SELECT s02()
CREATE FUNCTION s02() RETURNS bigint LANGUAGE plpgsql AS $$ DECLARE n bigint; BEGIN n := nextval('public.numbers'::regclass); RETURN n; END $$;
--! sequence absent: SELECT s03()
CREATE FUNCTION s03() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN upper('numbers'); END $$;
