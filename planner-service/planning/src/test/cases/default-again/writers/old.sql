INSERT INTO orders (id, customer_id, amount, state) VALUES (1000 + {n}, 1 + {n} % 50, {n}, 'x')
UPDATE orders SET customer_id = 1 + {n} % 50, amount = {n} WHERE id = 1 + {n} % 300
DELETE FROM orders WHERE id = 1000 + {n} - 40
SELECT id FROM orders WHERE amount IS NULL OR customer_id IS NULL
