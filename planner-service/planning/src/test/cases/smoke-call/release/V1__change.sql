-- lockkeeper: smoke DO $$ BEGIN ASSERT public.order_total(0) = 0, 'no order is worth nothing'; END $$
CREATE OR REPLACE FUNCTION order_total(p_id integer) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN RETURN coalesce((SELECT amount FROM public.orders WHERE id = p_id), 0); END $$;

-- What the call writes is taken back.
-- lockkeeper: smoke SELECT public.file_order(7)
CREATE OR REPLACE FUNCTION file_order(p_amount integer) RETURNS bigint LANGUAGE sql AS $$
INSERT INTO public.orders VALUES (1, p_amount) RETURNING id::bigint $$;
