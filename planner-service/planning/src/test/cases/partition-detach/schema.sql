CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL);
INSERT INTO customers SELECT i, 'c' || i FROM generate_series(1, 50) i;
CREATE TABLE orders (id bigint NOT NULL, placed date NOT NULL, customer_id bigint, region text NOT NULL DEFAULT 'north',
  amount integer, note text, PRIMARY KEY (id, placed, region)) PARTITION BY RANGE (placed);
CREATE TABLE orders_2025 PARTITION OF orders FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE orders_2026 PARTITION OF orders FOR VALUES FROM ('2026-01-01') TO ('2027-01-01') PARTITION BY LIST (region);
CREATE TABLE orders_2026_north PARTITION OF orders_2026 FOR VALUES IN ('north');
CREATE TABLE orders_2026_south PARTITION OF orders_2026 FOR VALUES IN ('south', 'east');
INSERT INTO orders SELECT i, '2025-01-01'::date + i, 1 + i % 50, CASE i % 2 WHEN 0 THEN 'north' ELSE 'south' END, i, 'n' || i
  FROM generate_series(1, 700) i;

CREATE TABLE lists (id int, kind text, PRIMARY KEY (id, kind)) PARTITION BY LIST (kind);
CREATE TABLE lists_a PARTITION OF lists FOR VALUES IN ('a', NULL);
CREATE TABLE lists_rest PARTITION OF lists DEFAULT;
INSERT INTO lists SELECT i, 'k' || i FROM generate_series(1, 50) i;
CREATE TABLE hashes (id bigint, v text) PARTITION BY HASH (id);
CREATE TABLE hashes_0 PARTITION OF hashes FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE hashes_1 PARTITION OF hashes FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO hashes SELECT i, 'v' FROM generate_series(1, 50) i;
