DROP FUNCTION file_order(integer);
CREATE OR REPLACE FUNCTION order_total(p_id integer) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN RETURN coalesce((SELECT amount FROM public.orders WHERE id = p_id), 0); END $$;

CREATE OR REPLACE FUNCTION file_order(p_amount integer) RETURNS bigint LANGUAGE sql AS $$
INSERT INTO public.orders VALUES (1, p_amount) RETURNING id::bigint $$;
