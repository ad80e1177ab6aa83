-- The shop's database as version 1 of the application knows it. The demo and the tests load it as its owner.

CREATE TABLE customers (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email      text NOT NULL UNIQUE,
    country    text,                 -- every writer fills it; nothing says so yet
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE products (
    id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sku   text NOT NULL UNIQUE,
    price integer NOT NULL,
    stock integer NOT NULL
);

-- The hot table.
CREATE TABLE orders (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id bigint NOT NULL,     -- no foreign key yet
    status      text NOT NULL,
    amount      integer NOT NULL,    -- cents: too narrow
    channel     text NOT NULL,       -- to be called sales_channel
    legacy_ref  text NOT NULL,       -- nobody reads it any more
    created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX orders_customer_idx ON orders (customer_id);
CREATE INDEX orders_channel_idx ON orders (channel);

CREATE TABLE order_items (
    order_id   bigint NOT NULL REFERENCES orders ON DELETE CASCADE,
    position   integer NOT NULL,
    product_id bigint NOT NULL REFERENCES products,
    quantity   integer NOT NULL,
    price      integer NOT NULL,
    PRIMARY KEY (order_id, position)
);

-- Neither primary key nor replica identity, and yet it is updated: a publication with it would make that fail.
CREATE TABLE audit_log (
    at       timestamptz NOT NULL DEFAULT now(),
    order_id bigint NOT NULL,
    event    text NOT NULL,
    seen     boolean NOT NULL DEFAULT false
);
CREATE INDEX audit_log_order_idx ON audit_log (order_id);

CREATE FUNCTION order_value(wanted bigint) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
DECLARE
    value bigint;
BEGIN
    SELECT sum(quantity * price) INTO value FROM public.order_items WHERE order_id = wanted;
    RETURN value;
END
$$;

INSERT INTO customers (email, country, created_at) SELECT 'c' || n || '@example.org', 'DE', '2026-01-01' FROM generate_series(1, 100) AS n;
INSERT INTO products (sku, price, stock) SELECT 'sku-' || n, 100 + n, 1000 FROM generate_series(1, 50) AS n;
INSERT INTO orders (customer_id, status, amount, channel, legacy_ref, created_at)
SELECT 1 + n % 100, 'open', (1 + n % 4) * (101 + n % 50), 'web', 'L-' || n, '2026-01-01' FROM generate_series(1, 400) AS n;
INSERT INTO order_items SELECT n, 1, 1 + n % 50, 1 + n % 4, 101 + n % 50 FROM generate_series(1, 400) AS n;
INSERT INTO audit_log (at, order_id, event) SELECT '2026-01-01', n, 'placed' FROM generate_series(1, 400) AS n;
