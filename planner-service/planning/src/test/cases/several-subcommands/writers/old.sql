INSERT INTO orders (id, customer, amount, price, old) VALUES (1000 + {n}, 1 + {n} % 50, 5, 1, 'x')
UPDATE orders SET amount = amount + 1, status = amount + 1 WHERE id = 1 + {n} % 300
UPDATE orders SET old = 'o{n}' WHERE id = 1 + {n} * 7 % 300
DELETE FROM orders WHERE id = 1000 + {n} - 40
SELECT id FROM orders WHERE status NOT IN ('s', 'new') AND status <> amount::text
