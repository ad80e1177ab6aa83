ALTER TABLE customers RENAME email TO mail;
