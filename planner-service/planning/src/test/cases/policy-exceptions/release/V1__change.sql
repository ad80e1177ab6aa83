CREATE EXTENSION IF NOT EXISTS plpgsql;
DO $$ BEGIN EXECUTE 'UPDATE orders SET note = 1'; END $$;
ALTER TABLE orders ADD COLUMN tag text;
CREATE FUNCTION pinned() RETURNS bigint LANGUAGE sql STABLE SET search_path = public AS 'SELECT count(*) FROM orders';
