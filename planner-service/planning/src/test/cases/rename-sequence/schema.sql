CREATE TABLE orders (id bigserial PRIMARY KEY, amount integer NOT NULL DEFAULT 0);
INSERT INTO orders (amount) SELECT i FROM generate_series(1, 300) i;
CREATE TABLE lines (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, amount integer);
INSERT INTO lines (amount) SELECT i FROM generate_series(1, 300) i;
