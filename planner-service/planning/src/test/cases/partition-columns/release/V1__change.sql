ALTER TABLE orders ADD COLUMN state text NOT NULL DEFAULT 'new', ADD COLUMN hint text;
ALTER TABLE orders ALTER COLUMN hint SET DEFAULT 'none';
ALTER TABLE orders ADD CONSTRAINT positive CHECK (amount > 0);
ALTER TABLE orders ALTER COLUMN customer_id SET NOT NULL;
ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers;
ALTER TABLE orders DROP COLUMN note;
