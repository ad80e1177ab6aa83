CREATE TABLE orders (id bigint PRIMARY KEY, status text NOT NULL DEFAULT 'new', amount integer NOT NULL DEFAULT 0);
INSERT INTO orders SELECT i, 's', i FROM generate_series(1, 300) i;
CREATE TABLE log (order_id bigint, status text);
CREATE TABLE readings (id bigint, amount integer, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE readings_2026 PARTITION OF readings FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
INSERT INTO readings SELECT i, i, '2026-01-01' FROM generate_series(1, 300) i;
CREATE FUNCTION note_status() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.log VALUES (NEW.id, NEW.status); RETURN NULL; END $$;
CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.log VALUES (0, TG_ARGV[0]); RETURN NULL; END $$;
