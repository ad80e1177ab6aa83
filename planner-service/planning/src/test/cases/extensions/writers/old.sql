INSERT INTO customers (id, email, name) VALUES (1000 + {n}, 'E{n}', 'e{n}')
UPDATE customers SET email = 'E{n}', name = 'e{n}' WHERE id = 1 + {n} % 100
DELETE FROM customers WHERE id = 1000 + {n} - 40
SELECT id FROM customers WHERE name NOT LIKE 'n%' AND email <> name::citext
