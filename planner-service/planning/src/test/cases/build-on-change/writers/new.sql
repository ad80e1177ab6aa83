INSERT INTO customers (id, code, name) VALUES (1000 + {n}, 1000 + {n}, 'x{n}')
INSERT INTO orders (id, customer_id, customer_code, amount, remark) VALUES (1000 + {n}, 1 + {n} % 50, 1 + {n} * 7 % 50, {n}, 'n{n}')
INSERT INTO lines (id, order_id) VALUES (1000 + {n}, 1 + {n} % 300)
UPDATE orders SET customer_id = 1 + {n} % 50, amount = {n}, remark = 'u{n}' WHERE id = 1 + {n} % 300
UPDATE lines SET order_id = 1 + {n} % 300 WHERE id = 1 + {n} * 7 % 300
DELETE FROM lines WHERE id = 1000 + {n} - 40
DELETE FROM orders WHERE id = 1000 + {n} - 40
DELETE FROM customers WHERE id = 1000 + {n} - 40
SELECT id FROM orders WHERE remark IS NULL OR customer_id IS NULL
SELECT id FROM lines WHERE order_id IS NULL
