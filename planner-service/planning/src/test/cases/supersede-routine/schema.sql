CREATE SCHEMA app;
CREATE TABLE app.case_file (id bigint PRIMARY KEY, status text NOT NULL);
INSERT INTO app.case_file SELECT i, 'OPEN' FROM generate_series(1, 20) i;

CREATE FUNCTION app.close_case(p_case_id bigint) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = app, pg_temp AS $$
BEGIN
  UPDATE case_file SET status = 'CLOSED' WHERE id = p_case_id;
  RETURN FOUND;
END $$;
REVOKE ALL ON FUNCTION app.close_case(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.close_case(bigint) TO pg_monitor;
COMMENT ON FUNCTION app.close_case(bigint) IS 'closes a case';
CREATE FUNCTION app.find_case(p_case_id bigint) RETURNS text LANGUAGE sql STABLE
  AS $$ SELECT status FROM app.case_file WHERE id = p_case_id $$;
CREATE FUNCTION app.nightly() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN RETURN (SELECT count(*) FROM app.case_file c WHERE app.close_case(c.id)); END $$;
