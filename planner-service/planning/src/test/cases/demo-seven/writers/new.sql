INSERT INTO orders (id, customer_id, state, quantity, note) VALUES (1000 + {n}, 1 + {n} % 50, 's{n}', {n}, 'n')
UPDATE orders SET quantity = {n}, state = 's{n}' WHERE id = 1 + {n} % 500
INSERT INTO customers (id, email) VALUES (1000 + {n}, 'n{n}')
DELETE FROM customers WHERE id = 1000 + {n}
INSERT INTO log (text, level) VALUES ('l{n}', 'info')
DELETE FROM orders WHERE id = 1000 + {n} - 40
SELECT id FROM orders WHERE state <> 'new' AND state <> 's' || quantity
SELECT FROM open_orders(1) AS found WHERE found IS NULL
