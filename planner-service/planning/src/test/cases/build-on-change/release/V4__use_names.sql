ALTER TABLE lines ADD FOREIGN KEY (order_id) REFERENCES orders ON DELETE CASCADE;
ALTER TABLE lines ALTER order_id SET NOT NULL, ALTER order_id SET DEFAULT 1, ADD UNIQUE (order_id, id);
CREATE INDEX ON orders (lower(remark));
ALTER TABLE orders ADD CONSTRAINT short CHECK (length(remark) < 100);
COMMENT ON COLUMN orders.remark IS 'what was said';
