-- The team's plain SQL, as it would stand in their repository. Run as it is, five of these would stop the shop.

CREATE INDEX audit_log_unseen_idx ON audit_log (at) WHERE NOT seen;

ALTER TABLE customers ALTER COLUMN country SET NOT NULL;

ALTER TABLE orders ADD CONSTRAINT orders_customer_fk FOREIGN KEY (customer_id) REFERENCES customers (id);

ALTER TABLE orders ALTER COLUMN amount TYPE bigint;

ALTER TABLE orders RENAME COLUMN channel TO sales_channel;

CREATE OR REPLACE FUNCTION order_value(wanted bigint) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT coalesce(sum(quantity::bigint * price), 0) FROM public.order_items WHERE order_id = wanted);
END
$$;

ALTER TABLE orders DROP COLUMN legacy_ref;
