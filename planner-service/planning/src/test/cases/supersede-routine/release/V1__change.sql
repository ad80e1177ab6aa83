CREATE TYPE app.close_case_result AS (accepted boolean, case_id bigint, failure_code text);

-- What the new one answers says why a case was not closed.
-- lockkeeper: supersedes app.close_case(bigint)
CREATE FUNCTION app.close_case_v2(p_case_id bigint, p_reason text) RETURNS app.close_case_result LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = app, pg_temp AS $$
BEGIN
  UPDATE case_file SET status = 'CLOSED' WHERE id = p_case_id;
  RETURN (FOUND, p_case_id, CASE WHEN NOT FOUND THEN 'no-such-case' END)::close_case_result;
END $$;

CREATE OR REPLACE FUNCTION app.close_case(p_case_id bigint) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = app, pg_temp AS $$
BEGIN RETURN (app.close_case_v2(p_case_id, 'unknown')).accepted; END $$;

-- lockkeeper: supersedes app.find_case
CREATE FUNCTION app.find_case_v2(p_case_id bigint, p_closed boolean DEFAULT true) RETURNS text LANGUAGE sql STABLE
  AS $$ SELECT status FROM app.case_file WHERE id = p_case_id AND (p_closed OR status <> 'CLOSED') $$;
