INSERT INTO customers (id, name, note) VALUES (1000 + {n}, 'n{n}', 'n{n}')
UPDATE customers SET name = 'm{n}', note = 'm{n}' WHERE id = 1 + {n} % 100
DELETE FROM customers WHERE id = 1000 + {n} - 40
SELECT id FROM customers WHERE note <> 'x' AND note <> name
