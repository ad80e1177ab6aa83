ALTER TABLE orders ADD CONSTRAINT amount_sane CHECK (amount >= 0 AND amount < 1000000);
ALTER TABLE orders ADD CHECK (status IN ('new', 'paid, done', 'sent')) , ADD CHECK (amount <> -13 OR customer_id > 0) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT orders_check;
ALTER TABLE customers
    ADD CONSTRAINT region_known CHECK ( -- as sales know them
        region IN ('north', 'south') -- no others
    ),
    ADD COLUMN level integer DEFAULT 1 -- the lowest
        NOT NULL;
