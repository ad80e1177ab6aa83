CREATE SCHEMA app;
CREATE TABLE app.case_file (id bigint PRIMARY KEY, status text NOT NULL);
INSERT INTO app.case_file SELECT i, 'OPEN' FROM generate_series(1, 20) i;

CREATE FUNCTION app.close_case(p_case_id integer, p_quiet boolean DEFAULT false) RETURNS boolean LANGUAGE plpgsql
  STRICT SECURITY DEFINER COST 50 SET search_path = app, pg_temp AS $$
BEGIN
  UPDATE case_file SET status = 'CLOSED' WHERE id = p_case_id;
  RETURN FOUND;
END $$;
REVOKE ALL ON FUNCTION app.close_case(integer, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.close_case(integer, boolean) TO pg_monitor;
COMMENT ON FUNCTION app.close_case(integer, boolean) IS 'closes a case';
CREATE FUNCTION app.open_cases() RETURNS SETOF app.case_file LANGUAGE sql STABLE ROWS 20
  AS $$ SELECT * FROM app.case_file WHERE status = 'OPEN' $$;
CREATE PROCEDURE app.tidy(integer) LANGUAGE plpgsql AS $$ BEGIN DELETE FROM app.case_file WHERE id = $1; END $$;
