-- an index for the list of open orders
CREATE INDEX orders_status_idx ON orders (status) WHERE status <> 'done';
CREATE INDEX ON public.orders USING btree (customer_id, lower(status) DESC NULLS LAST) INCLUDE (amount) WITH (fillfactor = 90);
CREATE INDEX IF NOT EXISTS orders_pkey ON orders (id);
