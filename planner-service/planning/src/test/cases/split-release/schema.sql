CREATE TABLE readings (id integer PRIMARY KEY, celsius smallint);
CREATE FUNCTION average() RETURNS numeric LANGUAGE sql STABLE AS 'SELECT avg(celsius) FROM public.readings';
INSERT INTO readings SELECT g, g % 40 FROM generate_series(1, 100000) g;
