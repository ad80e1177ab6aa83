CREATE TABLE customers (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL UNIQUE);
INSERT INTO customers (email) SELECT 'c' || i FROM generate_series(1, 50) i;
CREATE TABLE orders (id bigserial PRIMARY KEY, customer integer NOT NULL REFERENCES customers, code text, UNIQUE (customer, code));
COMMENT ON INDEX orders_customer_code_key IS 'one code each';
INSERT INTO orders (customer, code) SELECT 1 + i % 50, 'x' || i FROM generate_series(1, 300) i;
