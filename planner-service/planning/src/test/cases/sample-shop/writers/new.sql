INSERT INTO orders (customer_id, status, amount, sales_channel) VALUES (1 + {n} % 100, 'm{n}', {n}, 'c{n}')
UPDATE orders SET amount = {n} + 1, sales_channel = 'c' || {n} + 1 WHERE status = 'm{n}'
DELETE FROM orders WHERE status = 'm{n}'
UPDATE orders SET amount = {n}, sales_channel = 'c{n}' WHERE id = 1 + {n} % 400
UPDATE customers SET country = 'IT' WHERE id = 1 + {n} % 100
UPDATE audit_log SET seen = true WHERE event = 'e' || {n} - 10
SELECT id FROM orders WHERE sales_channel <> 'web' AND sales_channel <> 'c' || amount
SELECT FROM order_value(1) AS value WHERE value IS NULL
