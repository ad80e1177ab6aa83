ALTER TABLE orders RENAME status TO state;
