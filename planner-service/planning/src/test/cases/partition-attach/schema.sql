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

CREATE INDEX ON orders (note);
CREATE INDEX ON orders (lower(note), amount);
CREATE TABLE orders_2024 (LIKE orders INCLUDING DEFAULTS, PRIMARY KEY (id, placed, region));
CREATE INDEX orders_2024_note_idx ON orders_2024 (note);
INSERT INTO orders_2024 SELECT i, '2024-01-01'::date + i, 1, 'north', i, 'x' FROM generate_series(1, 300) i;
CREATE TABLE points (a int, b int, v text) PARTITION BY RANGE (a, b);
CREATE TABLE points_rest PARTITION OF points DEFAULT;
INSERT INTO points SELECT i, i, 'p' FROM generate_series(1, 50) i;
CREATE TABLE points_low (LIKE points);
INSERT INTO points_low SELECT -i, i, 'p' FROM generate_series(1, 50) i;
