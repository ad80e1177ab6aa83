INSERT INTO customers (id, email, "Sales Region") VALUES (1000 + {n}, 'r{n}', 'r{n}')
INSERT INTO customers (id, email) VALUES (-{n}, '')
UPDATE customers SET "Sales Region" = 'r{n}', email = 'r{n}' WHERE id = 1 + {n} % 50
DELETE FROM customers WHERE id = 1000 + {n} - 40
DELETE FROM customers WHERE id = 40 - {n}
SELECT id FROM customers WHERE email NOT LIKE '%@%' AND coalesce("Sales Region", '') <> email
