UPDATE settings SET value = '0' WHERE name = 'a';
DELETE FROM settings WHERE ctid NOT IN (SELECT min(ctid) FROM settings GROUP BY name, value);
INSERT INTO settings (name, value) VALUES ('c', '3'), ('d', upper('x'));
INSERT INTO roles (id, name, rank) VALUES (3, 'guest', 9), (1, 'admin', 2) ON CONFLICT (id) DO UPDATE SET rank = excluded.rank;
MERGE INTO roles USING settings ON roles.name = settings.name
WHEN MATCHED THEN DELETE WHEN NOT MATCHED AND settings.name = 'c' THEN INSERT VALUES (4, settings.name, 7);
UPDATE roles SET rank = (SELECT max(rank) FROM roles) WHERE name = 'guest';
CREATE TABLE kinds (id integer PRIMARY KEY, name text);
INSERT INTO kinds (id, name) VALUES (1, 'x');
INSERT INTO kinds SELECT id + 100, name FROM roles;
ALTER TABLE kinds ALTER name SET NOT NULL;
