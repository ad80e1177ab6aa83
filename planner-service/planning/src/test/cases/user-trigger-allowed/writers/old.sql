INSERT INTO customers (id, email, region) VALUES (1000 + {n}, 'e{n}', 'e{n}')
UPDATE customers SET email = 'e{n}', region = 'e{n}' WHERE id = 1 + {n} % 50
DELETE FROM customers WHERE id = 1000 + {n} - 40
SELECT id FROM customers WHERE region <> 'north' AND region <> email
