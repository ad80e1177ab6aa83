BEGIN;
SET lock_timeout = '1s';
ALTER TABLE orders ALTER customer_id SET NOT NULL;
ALTER TABLE customers ADD UNIQUE (email);
ALTER TABLE orders ALTER amount TYPE bigint;
COMMIT;
