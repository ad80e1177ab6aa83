ALTER TABLE app.case_file ADD COLUMN closed_at timestamptz;

CREATE OR REPLACE VIEW app.case_detail AS
SELECT id AS case_id, reference, CASE WHEN closed_at IS NULL THEN status ELSE 'CLOSED' END AS status, closed_at
FROM app.case_file;
