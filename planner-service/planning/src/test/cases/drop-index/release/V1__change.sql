DROP INDEX orders_placed_idx;
DROP INDEX IF EXISTS nowhere_idx;
