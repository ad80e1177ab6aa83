ALTER TABLE IF EXISTS ONLY orders
  ADD COLUMN note plain, -- a domain without constraints
  ADD COLUMN seen boolean NOT NULL DEFAULT false,
  ADD COLUMN IF NOT EXISTS status text,
  ALTER COLUMN amount TYPE bigint,
  ALTER customer SET NOT NULL,
  ADD CONSTRAINT cheap CHECK (price < 100),
  ADD FOREIGN KEY (customer) REFERENCES customers,
  ADD UNIQUE (customer, id),
  ALTER COLUMN status DROP DEFAULT,
  ALTER COLUMN price SET STATISTICS 200,
  DROP COLUMN old;
