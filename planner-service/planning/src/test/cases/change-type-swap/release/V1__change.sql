ALTER TABLE orders ALTER COLUMN amount TYPE bigint USING amount::bigint;
ALTER TABLE orders ALTER small SET DATA TYPE numeric, ALTER price TYPE numeric(12, 4);
