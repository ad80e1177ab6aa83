INSERT INTO open_orders (id, amount) VALUES (1000000 + {n}, {n})
UPDATE open_orders SET amount = {n} WHERE id = 1 + {n} % 500
DELETE FROM open_orders WHERE id = 1000000 + {n} - 40
SELECT status FROM totals WHERE total IS NULL
SELECT id FROM large_orders WHERE id IS NULL
