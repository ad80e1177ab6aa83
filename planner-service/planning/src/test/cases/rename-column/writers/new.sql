INSERT INTO orders (id, customer_id, state, amount) VALUES (1000 + {n}, 1, CASE {n} % 2 WHEN 0 THEN 'new' ELSE 'done' END, {n})
INSERT INTO orders (id, amount) VALUES (-{n}, 2 * {n})
UPDATE orders SET state = CASE amount % 2 WHEN 0 THEN 'done' ELSE 'new' END, amount = amount + 1, placed = now() WHERE id = 1 + {n} % 500
UPDATE orders SET customer_id = 2 WHERE id = 1 + {n} * 7 % 500
DELETE FROM orders WHERE id = 1000 + {n} - 40
DELETE FROM orders WHERE id = 40 - {n}
SELECT id FROM orders WHERE placed <> '2026-01-01' AND state <> CASE amount % 2 WHEN 0 THEN 'new' ELSE 'done' END
