ALTER TABLE customers ADD COLUMN later integer;
ALTER TABLE customers RENAME later TO sooner;
ALTER TABLE customers ADD COLUMN other integer;
ALTER TABLE customers ALTER other TYPE bigint;
