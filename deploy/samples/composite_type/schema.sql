CREATE SCHEMA app;

CREATE TABLE app.case_file (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    reference text NOT NULL,
    status    text NOT NULL DEFAULT 'OPEN',
    owner_id  bigint
);
INSERT INTO app.case_file (reference) VALUES ('A-1'), ('A-2');

CREATE TYPE app.case_detail_api AS (case_id bigint, reference text, status text);

CREATE FUNCTION app.get_case_detail(p_case_id bigint) RETURNS app.case_detail_api LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_result app.case_detail_api;
BEGIN
    SELECT id, reference, status INTO v_result FROM app.case_file WHERE id = p_case_id;
    RETURN v_result;
END
$$;
