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
