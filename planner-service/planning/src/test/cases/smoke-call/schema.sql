CREATE TABLE orders (id integer PRIMARY KEY, amount integer);
CREATE FUNCTION order_total(p_id integer) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN RETURN (SELECT amount FROM public.orders WHERE id = p_id); END $$;
CREATE FUNCTION file_order(p_amount integer) RETURNS integer LANGUAGE sql AS $$
INSERT INTO public.orders VALUES (1, p_amount) RETURNING id $$;
