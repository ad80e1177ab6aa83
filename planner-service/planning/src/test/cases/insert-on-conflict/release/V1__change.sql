CREATE TABLE states (LIKE countries INCLUDING INDEXES);
INSERT INTO states (id, iso, name) VALUES (1, 's1', 'n1') ON CONFLICT (id) DO NOTHING;
INSERT INTO countries (id, iso) VALUES (1, 'c1') ON CONFLICT ON CONSTRAINT countries_pkey DO UPDATE SET name = 'first';
ALTER TABLE countries ADD UNIQUE (iso);
INSERT INTO countries (id, iso) VALUES (51, 'c51'), (52, 'c2') ON CONFLICT (iso) DO NOTHING;
INSERT INTO countries (id, iso, name) VALUES (53, 'c53', 'n3') ON CONFLICT (name) WHERE name <> '' DO NOTHING;
CREATE TABLE towns (id integer PRIMARY KEY, zip text UNIQUE);
INSERT INTO towns (id, zip) VALUES (1, '1'), (2, '1') ON CONFLICT ON CONSTRAINT towns_zip_key DO NOTHING;
