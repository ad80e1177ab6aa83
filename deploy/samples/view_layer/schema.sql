CREATE SCHEMA app;

CREATE TABLE app.case_file (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    reference text NOT NULL,
    status    text NOT NULL DEFAULT 'OPEN'
);
INSERT INTO app.case_file (reference) VALUES ('A-1'), ('A-2');

CREATE VIEW app.case_detail AS SELECT id AS case_id, reference, status FROM app.case_file;
