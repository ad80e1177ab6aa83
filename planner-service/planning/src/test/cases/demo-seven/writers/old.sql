INSERT INTO orders (id, customer_id, quantity, note) VALUES (1000 + {n}, 1 + {n} % 50, {n}, 'n')
UPDATE orders SET quantity = {n}, status = 's{n}' WHERE id = 1 + {n} % 500
UPDATE customers SET legacy_code = 'l{n}', email = 'l{n}' WHERE id = 1 + {n} % 50
INSERT INTO log (text) VALUES ('l{n}')
DELETE FROM orders WHERE id = 1000 + {n} - 40
SELECT id FROM orders WHERE status <> 'new' AND status <> 's' || quantity
SELECT FROM open_orders(1) AS found WHERE found IS NULL
