INSERT INTO customers (mail) VALUES ('o{n}')
INSERT INTO orders (customer_number, code) VALUES (1 + {n} % 40, 'u{n}')
UPDATE orders SET customer_number = 1 + {n} % 40, code = 'u{n}+' WHERE id = 1 + {n} % 300
UPDATE customers SET mail = 'e{n}' WHERE mail = 'e' || {n} - 25
DELETE FROM customers WHERE mail = 'o' || {n} - 40
DELETE FROM orders WHERE code = 'u' || {n} - 40
SELECT id FROM orders WHERE code LIKE 'u%' AND customer_number <> 1 + trim('u+' FROM code)::bigint % 40
SELECT orders.id FROM orders LEFT JOIN customers ON number = customer_number WHERE mail IS NULL
