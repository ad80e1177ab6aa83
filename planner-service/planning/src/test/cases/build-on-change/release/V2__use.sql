ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers;
ALTER TABLE orders ADD FOREIGN KEY (customer_code) REFERENCES customers (code);
CREATE INDEX ON orders (customer_id, amount) INCLUDE (customer_code);
CREATE UNIQUE INDEX ON orders (id, customer_id) WHERE amount > 100;
ALTER TABLE orders ADD CHECK (customer_id > 0 AND amount >= 0);
ALTER TABLE orders ALTER customer_id SET NOT NULL, ALTER customer_id SET DEFAULT 1, ALTER customer_id SET STATISTICS 500;
COMMENT ON COLUMN orders.customer_id IS 'who pays';
CREATE STATISTICS orders_together ON customer_id, amount FROM orders;
