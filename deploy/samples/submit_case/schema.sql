-- Cases as version 1 of the application submits them. Load it as the owner of the tables; the schema app, app_fn_owner and
-- case_app are there already (deploy/sql/roles.sql).

CREATE TABLE app.case_file (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    request_id text NOT NULL UNIQUE,
    payload    jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE app.outbox (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id bigint NOT NULL REFERENCES app.case_file,
    event   text NOT NULL
);

-- What the function may do, and nothing else.
GRANT SELECT, INSERT ON app.case_file, app.outbox TO app_fn_owner;

CREATE FUNCTION app.submit_case(p_payload jsonb) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = app, pg_temp AS $$
DECLARE
    v_case_id bigint;
BEGIN
    INSERT INTO case_file (request_id, payload)
    VALUES (coalesce(p_payload ->> 'requestId', md5(p_payload::text)), p_payload)
    ON CONFLICT (request_id) DO NOTHING
    RETURNING id INTO v_case_id;
    IF v_case_id IS NULL THEN
        SELECT id INTO v_case_id FROM case_file
        WHERE request_id = coalesce(p_payload ->> 'requestId', md5(p_payload::text));
    END IF;
    RETURN v_case_id;
END
$$;
COMMENT ON FUNCTION app.submit_case(jsonb) IS 'Files a case and returns its id';
ALTER FUNCTION app.submit_case(jsonb) OWNER TO app_fn_owner;
REVOKE ALL ON FUNCTION app.submit_case(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.submit_case(jsonb) TO case_app;
