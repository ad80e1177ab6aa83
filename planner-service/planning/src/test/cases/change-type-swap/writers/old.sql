INSERT INTO orders (id, amount, small, price) VALUES (1000 + {n}, {n} % 1000, {n} % 1000, {n} % 1000)
INSERT INTO orders (id, small, price) VALUES (-{n}, 0, 0)
UPDATE orders SET amount = amount + 1, small = small + 1, price = price + 1 WHERE id = 1 + {n} % 300
UPDATE orders SET id = id WHERE id = 1 + {n} * 7 % 300
DELETE FROM orders WHERE id = 1000 + {n} - 40
DELETE FROM orders WHERE id = 40 - {n}
SELECT id FROM orders WHERE amount <> small OR amount <> price OR price IS NULL
