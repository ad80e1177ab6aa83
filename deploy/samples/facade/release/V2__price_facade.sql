CREATE TABLE app.feature (
    name        text PRIMARY KEY,
    enabled     boolean NOT NULL,
    clean_up_by date NOT NULL
);
INSERT INTO app.feature (name, enabled, clean_up_by) VALUES ('price_v2', false, '2027-03-31');

CREATE FUNCTION app.price_v1(p_net integer) RETURNS integer LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN p_net * 119 / 100;
END
$$;

-- Rounds to the nearest instead of down.
CREATE FUNCTION app.price_v2(p_net integer) RETURNS integer LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN round(p_net * 1.19);
END
$$;

-- Both paths, whatever the flag says.
-- lockkeeper: smoke DO $$ BEGIN
-- lockkeeper: smoke   UPDATE app.feature SET enabled = false WHERE name = 'price_v2';
-- lockkeeper: smoke   ASSERT app.price(3) = 3, 'version 1 rounds down';
-- lockkeeper: smoke   UPDATE app.feature SET enabled = true WHERE name = 'price_v2';
-- lockkeeper: smoke   ASSERT app.price(3) = 4, 'version 2 rounds to the nearest';
-- lockkeeper: smoke END $$
CREATE OR REPLACE FUNCTION app.price(p_net integer) RETURNS integer LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF (SELECT enabled FROM app.feature WHERE name = 'price_v2') THEN
        RETURN app.price_v2(p_net);
    END IF;
    RETURN app.price_v1(p_net);
END
$$;
