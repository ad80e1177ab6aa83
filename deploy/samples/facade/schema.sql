CREATE SCHEMA app;

CREATE FUNCTION app.price(p_net integer) RETURNS integer LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN p_net * 119 / 100;
END
$$;
