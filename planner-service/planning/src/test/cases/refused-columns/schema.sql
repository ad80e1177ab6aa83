CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
CREATE DOMAIN positive_too AS positive;
CREATE TABLE orders (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, code integer UNIQUE DEFERRABLE, place integer, amount integer,
  EXCLUDE USING btree (place WITH =));
INSERT INTO orders (code, place) SELECT i, i FROM generate_series(1, 10) i;
CREATE INDEX orders_amount ON orders (amount);
CREATE UNIQUE INDEX orders_some ON orders (amount) WHERE amount > 5;
CREATE UNIQUE INDEX orders_down ON orders (amount DESC);
