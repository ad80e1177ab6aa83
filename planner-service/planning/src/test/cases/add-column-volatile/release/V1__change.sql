ALTER TABLE orders ADD COLUMN token uuid NOT NULL DEFAULT gen_random_uuid();
ALTER TABLE orders ADD COLUMN ticket bigint DEFAULT nextval('ticket_seq');
CREATE INDEX orders_token_idx ON orders (token);
