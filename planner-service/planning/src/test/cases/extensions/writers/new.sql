INSERT INTO customers (id, mail, "Full Name", nick) VALUES (1000 + {n}, 'E{n}', 'e{n}', 'z')
UPDATE customers SET mail = 'E{n}', "Full Name" = 'e{n}' WHERE id = 1 + {n} % 100
DELETE FROM customers WHERE id = 1000 + {n} - 40
SELECT id FROM customers WHERE "Full Name" NOT LIKE 'n%' AND mail <> "Full Name"::citext
