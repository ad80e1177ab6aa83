INSERT INTO orders (id, customer_id, amount) VALUES (1000 + {n}, 1 + {n} % 50, {n})
UPDATE orders SET amount = {n}, status = 's{n}' WHERE id = 1 + {n} % 500
UPDATE customers SET email = 'e{n}' WHERE id = 1 + {n} % 50
DELETE FROM orders WHERE id = 1000 + {n} - 40
SELECT id FROM orders WHERE status <> 'new' AND status <> 's' || amount
