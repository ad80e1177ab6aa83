ALTER TABLE orders ALTER COLUMN status DROP NOT NULL, ALTER COLUMN status SET DEFAULT 'open', ALTER amount DROP DEFAULT;
COMMENT ON TABLE orders IS 'what customers want';
COMMENT ON COLUMN public.orders.amount IS 'in cents';
