ALTER TABLE customers RENAME id TO number;
ALTER TABLE customers RENAME email TO mail;
ALTER TABLE orders RENAME customer TO customer_number;
