ALTER TABLE customers ALTER id TYPE bigint, ALTER code TYPE bigint;
ALTER TABLE orders ALTER customer_id TYPE bigint, ALTER customer_code TYPE bigint;
ALTER TABLE orders ALTER amount DROP DEFAULT, ALTER amount TYPE numeric, ALTER amount SET DEFAULT 1.5;
