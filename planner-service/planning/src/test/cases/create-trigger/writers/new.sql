INSERT INTO orders (id, amount) VALUES (1000 + {n}, {n})
UPDATE orders SET amount = amount + 1, status = 'u{n}' WHERE id = 1 + {n} % 300
INSERT INTO fresh VALUES ({n}, -1)
DELETE FROM orders WHERE id = 1000 + {n} - 40
SELECT id FROM fresh WHERE amount < 0
