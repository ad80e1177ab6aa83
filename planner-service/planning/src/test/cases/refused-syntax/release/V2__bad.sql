CREATE INDEX ON orders (status);

ALTER TABLE orders
  ADD COLUM y int;
SELECT 1;
