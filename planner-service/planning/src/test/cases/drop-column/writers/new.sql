INSERT INTO orders (id, amount) VALUES (1000 + {n}, {n})
UPDATE orders SET amount = {n} WHERE id = 1 + {n} % 500
INSERT INTO labels (id, text) VALUES (1000 + {n}, 'n{n}')
DELETE FROM labels WHERE id = 1000 + {n}
DELETE FROM orders WHERE id = 1000 + {n} - 40
SELECT id FROM orders WHERE amount IS NULL
