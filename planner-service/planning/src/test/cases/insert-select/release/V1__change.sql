INSERT INTO archive (order_id, customer, amount)
SELECT o.id, c.name, o.amount FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.status = 'old'
ON CONFLICT (order_id) DO UPDATE SET amount = excluded.amount, seen = archive.seen + 1 WHERE archive.amount = 0;
INSERT INTO archive (order_id, amount) SELECT id, amount FROM orders ON CONFLICT DO NOTHING;
CREATE TABLE order_notes (order_id bigint PRIMARY KEY, note text NOT NULL);
INSERT INTO order_notes SELECT id, coalesce(note, status) FROM orders WHERE amount % 2 = 0 -- half of them
;
ALTER TABLE order_notes ADD CHECK (note <> '');
