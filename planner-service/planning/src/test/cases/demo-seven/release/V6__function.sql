CREATE OR REPLACE FUNCTION open_orders(c bigint) RETURNS bigint LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN (SELECT count(*) FROM orders WHERE customer_id = c AND state = 'new'); END $$;
