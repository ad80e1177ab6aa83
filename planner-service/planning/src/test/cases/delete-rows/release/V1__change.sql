DELETE FROM orders WHERE status = 'old';
DELETE FROM items USING orders o WHERE o.id = items.order_id AND o.amount > 5000;
DELETE FROM items AS i WHERE NOT EXISTS (SELECT FROM orders WHERE orders.id = i.order_id);
