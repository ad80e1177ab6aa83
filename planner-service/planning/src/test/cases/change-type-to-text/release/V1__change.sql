ALTER TABLE orders ALTER code TYPE text, ALTER flag TYPE text;
