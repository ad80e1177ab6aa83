CREATE TYPE app.submit_case_result_v2 AS (
    accepted           boolean,
    case_id            bigint,
    idempotency_status text,
    validation_errors  jsonb,
    outbox_message_id  bigint,
    policy_version     text
);

-- lockkeeper: supersedes app.submit_case(jsonb)
CREATE FUNCTION app.submit_case_v2(p_payload jsonb, p_idempotency_key text) RETURNS app.submit_case_result_v2
LANGUAGE plpgsql SECURITY DEFINER SET search_path = app, pg_temp AS $$
DECLARE
    v_case_id bigint;
    v_message bigint;
BEGIN
    IF jsonb_typeof(p_payload) <> 'object' THEN
        RETURN (false, NULL, NULL, '["the payload is no object"]'::jsonb, NULL, '2026-07')::submit_case_result_v2;
    END IF;
    INSERT INTO case_file (request_id, payload) VALUES (p_idempotency_key, p_payload)
    ON CONFLICT (request_id) DO NOTHING
    RETURNING id INTO v_case_id;
    IF v_case_id IS NULL THEN
        SELECT id INTO v_case_id FROM case_file WHERE request_id = p_idempotency_key;
        RETURN (true, v_case_id, 'REPEATED', '[]'::jsonb, NULL, '2026-07')::submit_case_result_v2;
    END IF;
    INSERT INTO outbox (case_id, event) VALUES (v_case_id, 'CASE_SUBMITTED') RETURNING id INTO v_message;
    RETURN (true, v_case_id, 'NEW', '[]'::jsonb, v_message, '2026-07')::submit_case_result_v2;
END
$$;

-- One implementation: the old contract is a wrapper from now on.
CREATE OR REPLACE FUNCTION app.submit_case(p_payload jsonb) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = app, pg_temp AS $$
DECLARE
    v_result submit_case_result_v2;
BEGIN
    v_result := submit_case_v2(p_payload, coalesce(p_payload ->> 'requestId', md5(p_payload::text)));
    IF NOT v_result.accepted THEN
        RAISE EXCEPTION USING
            ERRCODE = 'P7001',
            MESSAGE = 'Legacy submit_case caller received rejected submission',
            DETAIL = v_result.validation_errors::text;
    END IF;
    RETURN v_result.case_id;
END
$$;
