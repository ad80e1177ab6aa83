INSERT INTO orders (id, customer, status, amount, price, note, seen) VALUES (1000 + {n}, 1 + {n} % 50, 'new', 5, 1, 'x', true)
UPDATE orders SET amount = amount + 1, status = amount + 1 WHERE id = 1 + {n} % 300
UPDATE orders SET note = 'o{n}' WHERE id = 1 + {n} * 7 % 300
DELETE FROM orders WHERE id = 1000 + {n} - 40
SELECT id FROM orders WHERE status NOT IN ('s', 'new') AND status <> amount::text
