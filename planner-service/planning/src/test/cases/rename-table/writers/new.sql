INSERT INTO purchases (customer_id, amount, note) VALUES (1 + {n} % 50, {n}, 'given')
INSERT INTO purchases (status, amount) VALUES ('o{n}', {n})
UPDATE purchases SET amount = {n}, status = 's{n}' WHERE id = 1 + {n} % 500
DELETE FROM purchases WHERE status = 'o' || {n} - 40
INSERT INTO lines VALUES ({n}, 1 + {n} % 500)
INSERT INTO happenings (id, at) VALUES ({n}, '2026-01-01'::date + {n} % 300)
UPDATE happenings SET at = '2026-05-05' WHERE id = {n} - 10
DELETE FROM happenings WHERE id = {n} - 40
SELECT id FROM purchases WHERE status LIKE 's%' AND status <> 's' || amount OR status IS NULL OR amount IS NULL
