GRANT EXECUTE ON FUNCTION price(bigint) TO pg_monitor, pg_read_all_stats WITH GRANT OPTION;
REVOKE ALL ON FUNCTION price(bigint) FROM PUBLIC;
GRANT EXECUTE ON PROCEDURE tidy(integer) TO pg_monitor WITH GRANT OPTION;
REVOKE EXECUTE ON ROUTINE tidy(integer) FROM pg_read_all_stats;
-- lockkeeper: commits after: each of three rows; rollback: rows that are done stay;
-- lockkeeper: commits locks: one row at a time; retry: begins with the first again, which does no harm
CREATE PROCEDURE batched() LANGUAGE plpgsql AS $$
BEGIN
  FOR i IN 1..3 LOOP
    UPDATE orders SET amount = amount WHERE id = i;
    COMMIT;
  END LOOP;
END $$;
CREATE FUNCTION guarded(order_id bigint) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$ BEGIN RETURN 1; END $$;
REVOKE ALL ON FUNCTION guarded(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guarded(bigint) TO pg_monitor;
