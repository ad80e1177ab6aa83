CREATE TYPE app.case_detail_api_v2 AS (case_id bigint, reference text, status text, owner_id bigint);

CREATE FUNCTION app.get_case_detail_v2(p_case_id bigint) RETURNS app.case_detail_api_v2 LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_result app.case_detail_api_v2;
BEGIN
    SELECT id, reference, status, owner_id INTO v_result FROM app.case_file WHERE id = p_case_id;
    RETURN v_result;
END
$$;

-- lockkeeper: smoke DO $$ BEGIN
-- lockkeeper: smoke   INSERT INTO app.case_file (reference) VALUES ('smoke');
-- lockkeeper: smoke   ASSERT (SELECT (app.get_case_detail(id)).reference = 'smoke' FROM app.case_file
-- lockkeeper: smoke     WHERE reference = 'smoke'), 'the old result is made of the new one';
-- lockkeeper: smoke END $$
CREATE OR REPLACE FUNCTION app.get_case_detail(p_case_id bigint) RETURNS app.case_detail_api
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_case app.case_detail_api_v2 := app.get_case_detail_v2(p_case_id);
BEGIN
    RETURN (v_case.case_id, v_case.reference, v_case.status)::app.case_detail_api;
END
$$;
