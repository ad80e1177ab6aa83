CREATE TABLE orders (id bigint PRIMARY KEY, amount integer NOT NULL, touched integer NOT NULL DEFAULT 0);
INSERT INTO orders SELECT i, i FROM generate_series(1, 100) i;
CREATE FUNCTION touch_v1() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.touched := 1; RETURN NEW; END $$;
CREATE TRIGGER touched BEFORE UPDATE OF amount ON orders FOR EACH ROW WHEN (NEW.amount > 0) EXECUTE FUNCTION touch_v1();
