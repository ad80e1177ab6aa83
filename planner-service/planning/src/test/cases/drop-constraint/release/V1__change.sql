ALTER TABLE orders DROP CONSTRAINT amount_small, DROP CONSTRAINT IF EXISTS nothing;
ALTER TABLE orders ADD CONSTRAINT amount_small CHECK (amount < 10000);
ALTER TABLE orders DROP CONSTRAINT orders_customer;
ALTER TABLE customers DROP CONSTRAINT email_once;
