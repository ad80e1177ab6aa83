INSERT INTO orders (customer_id, amount) VALUES (1 + {n} % 50, {n})
INSERT INTO orders (status, amount) VALUES ('o{n}', {n})
UPDATE orders SET amount = {n}, status = 's{n}' WHERE id = 1 + {n} % 500
DELETE FROM orders WHERE status = 'o' || {n} - 40
INSERT INTO lines VALUES ({n}, 1 + {n} % 500)
INSERT INTO events (id, at) VALUES ({n}, '2026-01-01'::date + {n} % 300)
UPDATE events SET at = '2026-05-05' WHERE id = {n} - 10
DELETE FROM events WHERE id = {n} - 40
SELECT id FROM orders WHERE status LIKE 's%' AND status <> 's' || amount OR status IS NULL OR amount IS NULL
