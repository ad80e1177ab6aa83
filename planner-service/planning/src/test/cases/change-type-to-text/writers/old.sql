INSERT INTO orders (id, code, flag) VALUES (1000 + {n}, '{n}0', 'true')
UPDATE orders SET code = '{n}1', flag = 'false' WHERE id = 1 + {n} % 300
UPDATE orders SET code = '{n}2', flag = 'true' WHERE id = 1 + {n} * 7 % 300
DELETE FROM orders WHERE id = 1000 + {n} - 40
SELECT id FROM orders WHERE (right(code::text, 1)::int % 2 = 0) <> (flag::text = 'true')
