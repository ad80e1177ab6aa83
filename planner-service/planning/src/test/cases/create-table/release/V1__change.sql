CREATE TYPE kind AS ENUM ('a', 'b');
CREATE SEQUENCE invoice_seq START 100;
CREATE TABLE invoices (
    id bigserial PRIMARY KEY,
    order_id bigint NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    number bigint NOT NULL DEFAULT nextval('invoice_seq'),
    kind kind NOT NULL DEFAULT 'a',
    total numeric(12, 2) CHECK (total >= 0),
    UNIQUE (number), FOREIGN KEY (number) REFERENCES customers
);
CREATE INDEX ON invoices (order_id);
ALTER TABLE invoices ADD COLUMN paid boolean NOT NULL, ALTER total SET NOT NULL, ADD CONSTRAINT many UNIQUE (order_id, kind);
ALTER TABLE invoices RENAME COLUMN paid TO settled;
CREATE TABLE IF NOT EXISTS kinds (name kind PRIMARY KEY, title text);
INSERT INTO kinds (name, title) VALUES ('a', 'first'), ('b', 'second');
CREATE VIEW open_invoices AS SELECT i.id, o.status FROM invoices i JOIN orders o ON o.id = i.order_id WHERE NOT i.settled;
CREATE SCHEMA IF NOT EXISTS archive;
CREATE TABLE archive.orders (LIKE_not text, id int);
