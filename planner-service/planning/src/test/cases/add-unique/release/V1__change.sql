ALTER TABLE customers ADD CONSTRAINT customers_email UNIQUE (email);
ALTER TABLE customers ADD UNIQUE (region, id);
ALTER TABLE orders ADD COLUMN customer_email text, ADD FOREIGN KEY (customer_email) REFERENCES customers (email);
