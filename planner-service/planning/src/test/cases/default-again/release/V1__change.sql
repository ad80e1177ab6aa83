ALTER TABLE orders ALTER amount DROP DEFAULT, ALTER amount TYPE numeric, ALTER amount SET DEFAULT 1.5;
ALTER TABLE orders ALTER state DROP DEFAULT;
ALTER TABLE orders ALTER state SET DEFAULT 'fresh', ALTER customer_id TYPE bigint;
ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers, ALTER customer_id SET DEFAULT 2;
CREATE INDEX ON orders (customer_id);
