CREATE STATISTICS ON customer_id, amount, (status || 'x') FROM orders;
