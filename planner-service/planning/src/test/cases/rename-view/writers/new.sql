INSERT INTO pending_orders (id, amount) VALUES (2000000 + {n}, {n})
UPDATE pending_orders SET amount = {n} WHERE id = 1 + {n} % 500
DELETE FROM pending_orders WHERE id = 2000000 + {n} - 40
SELECT status FROM sums WHERE total IS NULL
