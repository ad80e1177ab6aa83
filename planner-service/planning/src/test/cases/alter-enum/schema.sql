CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TABLE people (id int PRIMARY KEY, mood mood NOT NULL DEFAULT 'sad');
INSERT INTO people SELECT i FROM generate_series(1, 50) i;
