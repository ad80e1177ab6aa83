-- Fills the shop. The number of orders is the setting shop.rows; every order has one item, its amount is what it sums to.

INSERT INTO customers (email, country)
SELECT 'customer' || n || '@example.org', (ARRAY['DE', 'FR', 'IT', 'PL', 'ES'])[1 + n % 5]
FROM generate_series(1, greatest(100, current_setting('shop.rows')::int / 10)) AS n;

INSERT INTO products (sku, price, stock)
SELECT 'sku-' || n, 100 + n, 100000000 FROM generate_series(1, 500) AS n;

INSERT INTO orders (customer_id, status, amount, channel, legacy_ref, created_at)
SELECT 1 + n % greatest(100, current_setting('shop.rows')::int / 10),
       (ARRAY['open', 'paid', 'shipped'])[1 + n % 3],
       (1 + n % 4) * (101 + n % 500),
       (ARRAY['web', 'store', 'phone'])[1 + n % 3],
       'L-' || n,
       now() - n * interval '1 second'
FROM generate_series(1, current_setting('shop.rows')::int) AS n;

-- Order n has identity n: the sequence is new.
INSERT INTO order_items (order_id, position, product_id, quantity, price)
SELECT n, 1, 1 + n % 500, 1 + n % 4, 101 + n % 500 FROM generate_series(1, current_setting('shop.rows')::int) AS n;

INSERT INTO audit_log (order_id, event, seen)
SELECT n, 'placed', n % 2 = 0 FROM generate_series(1, current_setting('shop.rows')::int) AS n;
