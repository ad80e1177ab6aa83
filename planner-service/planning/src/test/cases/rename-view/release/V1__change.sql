ALTER VIEW open_orders RENAME TO pending_orders;
ALTER MATERIALIZED VIEW totals RENAME TO sums;
CREATE VIEW fresh AS SELECT 1 AS one;
ALTER VIEW fresh RENAME TO fresher;
