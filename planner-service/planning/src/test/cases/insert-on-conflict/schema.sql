CREATE TABLE countries (id integer PRIMARY KEY, iso text NOT NULL, name text);
INSERT INTO countries SELECT i, 'c' || i, 'n' || i FROM generate_series(1, 50) i;
CREATE UNIQUE INDEX countries_named ON countries (name) WHERE name <> '';
