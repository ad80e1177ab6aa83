INSERT INTO orders (customer_id, status, amount, channel, legacy_ref) VALUES (1 + {n} % 100, 'n{n}', {n}, 'c{n}', 'L')
UPDATE orders SET amount = {n}, channel = 'c{n}' WHERE id = 1 + {n} % 400
UPDATE orders SET legacy_ref = 'L{n}' WHERE id = 1 + {n} * 7 % 400
UPDATE customers SET country = 'FR' WHERE id = 1 + {n} % 100
INSERT INTO audit_log (order_id, event) VALUES (1 + {n} % 400, 'e{n}')
UPDATE audit_log SET seen = true WHERE event = 'e' || {n} - 10
DELETE FROM orders WHERE status = 'n' || {n} - 40
SELECT id FROM orders WHERE channel <> 'web' AND channel <> 'c' || amount
SELECT FROM order_value(1) AS value WHERE value IS NULL
