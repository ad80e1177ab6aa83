INSERT INTO customers (id, code, name) VALUES (1000 + {n}, 1000 + {n}, 'x{n}')
INSERT INTO orders (id, customer_id, customer_code, note) VALUES (1000 + {n}, 1 + {n} % 50, 1 + {n} * 7 % 50, 'n{n}')
INSERT INTO lines (id, ord) VALUES (1000 + {n}, 1 + {n} % 300)
UPDATE orders SET customer_id = 1 + {n} % 50, amount = {n}, note = 'u{n}' WHERE id = 1 + {n} % 300
UPDATE lines SET ord = 1 + {n} % 300 WHERE id = 1 + {n} * 7 % 300
DELETE FROM lines WHERE id = 1000 + {n} - 40
DELETE FROM orders WHERE id = 1000 + {n} - 40
DELETE FROM customers WHERE id = 1000 + {n} - 40
SELECT id FROM orders WHERE note IS NULL OR customer_id IS NULL
SELECT id FROM lines WHERE ord IS NULL
