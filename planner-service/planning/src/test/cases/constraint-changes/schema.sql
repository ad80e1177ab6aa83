CREATE TABLE customers (id bigint CONSTRAINT first_key PRIMARY KEY, email text CONSTRAINT mails UNIQUE,
  number integer CONSTRAINT positive CHECK (number > 0), EXCLUDE USING btree (number WITH =));
INSERT INTO customers SELECT i, 'c' || i, i FROM generate_series(1, 50) i;
CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint CONSTRAINT of_customer REFERENCES customers,
  parent bigint REFERENCES orders, other bigint CONSTRAINT deferred REFERENCES customers DEFERRABLE INITIALLY DEFERRED,
  gone bigint CONSTRAINT going REFERENCES customers, up bigint CONSTRAINT up_going REFERENCES orders);
INSERT INTO orders SELECT i, 1 + i % 50 FROM generate_series(1, 300) i;
