CREATE TABLE lines (id bigint PRIMARY KEY, number serial);
INSERT INTO lines (id) SELECT i FROM generate_series(1, 300) i;
