ALTER TABLE orders RENAME status TO state;
CREATE INDEX ON orders (state);
ALTER TABLE orders ADD COLUMN status text;
ALTER TABLE customers DROP region;
ALTER TABLE customers ADD COLUMN region text;
CREATE VIEW v AS SELECT * FROM orders;
DROP TABLE orders;
ALTER TABLE customers ADD COLUMN later text;
ALTER TABLE customers ALTER later SET NOT NULL;
