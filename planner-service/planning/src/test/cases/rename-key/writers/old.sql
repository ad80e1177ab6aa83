INSERT INTO customers (email) VALUES ('o{n}')
INSERT INTO orders (customer, code) VALUES (1 + {n} % 40, 'u{n}')
UPDATE orders SET customer = 1 + {n} % 40, code = 'u{n}+' WHERE id = 1 + {n} % 300
UPDATE customers SET email = 'e{n}' WHERE id = 1 + {n} % 50
DELETE FROM customers WHERE email = 'o' || {n} - 40
DELETE FROM orders WHERE code = 'u' || {n} - 40
SELECT id FROM orders WHERE code LIKE 'u%' AND customer <> 1 + trim('u+' FROM code)::bigint % 40
SELECT orders.id FROM orders LEFT JOIN customers ON customers.id = customer WHERE email IS NULL
