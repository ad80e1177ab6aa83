INSERT INTO orders (id, customer_id, amount) VALUES (1000 + {n}, 1 + {n} % 50, {n})
UPDATE orders SET customer_id = 1 + {n} % 50, amount = {n} WHERE id = 1 + {n} % 500
INSERT INTO labels VALUES (1000 + {n}, 'l{n}', 'red')
UPDATE labels SET colour = 'c{n}', text = 'c{n}' WHERE id = 1
DELETE FROM orders WHERE id = 1000 + {n} - 40
DELETE FROM labels WHERE id = 1000 + {n} - 40
SELECT id FROM labels WHERE colour IS NULL AND text LIKE 'l%'
