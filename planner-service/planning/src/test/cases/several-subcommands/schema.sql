CREATE DOMAIN plain AS text;
CREATE TABLE customers (id integer PRIMARY KEY);
INSERT INTO customers SELECT i FROM generate_series(1, 50) i;
CREATE TABLE orders (id integer PRIMARY KEY, customer integer, status text NOT NULL DEFAULT 'new', amount integer NOT NULL CHECK (amount > 0),
  price numeric(8,2), old text);
INSERT INTO orders SELECT i, 1 + i % 50, 's', i, 1 FROM generate_series(1, 300) i;
