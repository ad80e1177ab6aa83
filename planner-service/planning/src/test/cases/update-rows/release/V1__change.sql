-- counts up: each row exactly once
UPDATE orders SET amount = amount + 1;
UPDATE orders AS o SET status = 'archived' /* comments stay out of the way */ WHERE o.status = 'old' OR o.amount < 10 -- the end
;
UPDATE orders o SET total = (SELECT sum(i.price) FROM items i WHERE i.order_id = o.id) WHERE o.total IS NULL;
UPDATE orders SET note = c.tier FROM customers c WHERE c.id = orders.customer_id AND c.tier = 'gold';
WITH gold AS (SELECT id FROM customers WHERE tier = 'gold')
UPDATE orders SET note = 'very ' || note WHERE customer_id IN (SELECT id FROM gold);
UPDATE ONLY items SET price = price * 100 WHERE line = 0;
