CREATE TABLE customers (id bigint PRIMARY KEY, name varchar(20), code varchar(5) UNIQUE, amount numeric(8,2), seen timestamp(3), note varchar(10) CHECK (note <> ''), net cidr);
CREATE INDEX customers_name_idx ON customers (name);
INSERT INTO customers SELECT i, 'n' || i, 'c' || i, i, now(), 'x', '10.0.0.0/8' FROM generate_series(1, 100) i;
