INSERT INTO customers (name) VALUES ('n{n}')
WITH sale AS (INSERT INTO orders (customer, note) VALUES (1 + {n} % 50, 'n{n}') RETURNING id) INSERT INTO lines (order_id, line, amount) SELECT id, 1, 1 FROM sale
UPDATE orders SET customer = 1 + {n} % 50, note = 'u{n}' WHERE id = 1000 + 2 * ({n} % 300)
UPDATE orders SET parent = 1000 + 2 * ({n} % 30) WHERE id = 1100 + 2 * ({n} % 50)
UPDATE orders SET id = id + 1 WHERE id = 1200 + 2 * ({n} % 100)
UPDATE orders SET id = id - 1 WHERE id = 1201 + 2 * ({n} * 7 % 100)
UPDATE lines SET amount = amount + 1 WHERE order_id = 1000 + 2 * ({n} % 100) AND line = 2
INSERT INTO marks (order_id, mark) VALUES (NULL, 'z{n}')
UPDATE marks SET mark = 'x{n}' WHERE order_id = 1000 + 2 * ({n} % 50)
DELETE FROM marks WHERE mark = 'z' || {n} - 40
DELETE FROM orders WHERE note = 'n' || {n} - 40
DELETE FROM customers WHERE name = 'n' || {n} - 40
SELECT id FROM orders WHERE note IS NOT NULL AND customer <> 1 + substr(note, 2)::int % 50
SELECT order_id FROM lines LEFT JOIN orders ON id = order_id WHERE id IS NULL
SELECT id FROM customers GROUP BY id HAVING count(*) > 1
