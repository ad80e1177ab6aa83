CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_new_idx ON orders (customer_id) WHERE status = 'new';
CREATE UNIQUE INDEX CONCURRENTLY orders_once ON orders (id, customer_id);
REINDEX INDEX CONCURRENTLY orders_customer_idx;
DROP INDEX CONCURRENTLY orders_status_idx;
