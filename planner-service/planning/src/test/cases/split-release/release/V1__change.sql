CREATE OR REPLACE FUNCTION average() RETURNS numeric LANGUAGE sql STABLE AS 'SELECT avg(celsius) FROM public.readings WHERE celsius > 0';
DELETE FROM readings WHERE celsius = 0;
