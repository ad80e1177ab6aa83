INSERT INTO countries (id, iso) VALUES (1, 'c1') ON CONFLICT ON CONSTRAINT countries_pkey DO UPDATE SET name = 'first';
ALTER TABLE countries ADD UNIQUE (iso);
INSERT INTO countries (id, iso) VALUES (51, 'c51'), (52, 'c2') ON CONFLICT (iso) DO NOTHING;
INSERT INTO countries (id, iso, name) VALUES (53, 'c53', 'n3') ON CONFLICT (name) WHERE name <> '' DO NOTHING;
