CREATE TABLE orders (id integer PRIMARY KEY, status text, amount integer);
INSERT INTO orders VALUES (1, 'new', 5);
