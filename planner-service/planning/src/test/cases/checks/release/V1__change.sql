DO $$
DECLARE
  found integer;
  one orders%ROWTYPE;
BEGIN
  SELECT count(*) INTO found FROM orders WHERE status IS NULL;
  IF found > 0 THEN
    RAISE EXCEPTION '% orders have no status', found;
  END IF;
  FOR one IN SELECT * FROM orders LOOP
    ASSERT one.amount > 0, 'amount';
    CONTINUE WHEN one.amount > 3;
    PERFORM 1 FROM orders WHERE id = one.id;
  END LOOP;
END $$;
SELECT count(*) FROM orders;
ALTER TABLE orders ADD COLUMN note text;
