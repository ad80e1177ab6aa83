-- lockkeeper: supersedes app.close_case(integer, boolean) with wrapper
CREATE FUNCTION app.close_case_v2(p_reason text DEFAULT 'unknown', p_case_id bigint DEFAULT 0, p_quiet boolean DEFAULT true)
  RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = app, pg_temp AS $$
BEGIN
  UPDATE case_file SET status = 'CLOSED' WHERE id = p_case_id;
  RETURN FOUND;
END $$;

-- lockkeeper: supersedes app.open_cases() with wrapper
CREATE FUNCTION app.cases(p_status text DEFAULT 'OPEN') RETURNS SETOF app.case_file LANGUAGE sql STABLE
  AS $$ SELECT * FROM app.case_file WHERE status = p_status $$;

-- lockkeeper: supersedes app.tidy(integer) with wrapper
CREATE PROCEDURE app.sweep(p_case_id bigint, p_dry boolean DEFAULT false) LANGUAGE plpgsql AS $$
BEGIN DELETE FROM app.case_file WHERE id = p_case_id AND NOT p_dry; END $$;
