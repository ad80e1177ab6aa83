CREATE TABLE settings (name text, value text);
INSERT INTO settings VALUES ('a', '1'), ('b', '2'), ('b', '2');
CREATE TABLE roles (id integer PRIMARY KEY, name text UNIQUE, rank integer);
INSERT INTO roles VALUES (1, 'admin', 1), (2, 'user', 5);
