ALTER TABLE orders DROP COLUMN customer_id, DROP COLUMN IF EXISTS nothing;
ALTER TABLE labels DROP colour;
