ALTER TABLE orders ADD COLUMN note text COLLATE "C";
ALTER TABLE orders
    ADD COLUMN created timestamptz DEFAULT '2026-01-01 00:00Z', -- the same for every row
    ADD COLUMN channel varchar(20) NOT NULL DEFAULT 'web'; /* trailing */
ALTER TABLE orders ADD COLUMN IF NOT EXISTS status text;
ALTER TABLE orders ADD COLUMN feeling mood DEFAULT 'good'::mood NOT NULL, ADD warehouse text DEFAULT house();
ALTER TABLE orders ADD COLUMN weight numeric(10, 2) DEFAULT (1 + 2) * 3 CHECK (weight > 0), ADD COLUMN gift_of bigint REFERENCES customers;
ALTER TABLE customers ADD COLUMN code text UNIQUE;
COMMENT ON COLUMN orders.note IS 'what the customer said: ''hello''';
