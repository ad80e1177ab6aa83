ALTER TABLE orders ADD COLUMN total bigint GENERATED ALWAYS AS (amount::bigint * price) VIRTUAL;
ALTER TABLE orders ADD COLUMN twice integer GENERATED ALWAYS AS (amount * 2) NOT NULL CHECK (twice > 0);
