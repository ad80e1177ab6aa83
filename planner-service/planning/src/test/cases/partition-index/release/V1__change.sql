CREATE INDEX ON orders (customer_id, amount DESC);
CREATE UNIQUE INDEX orders_one ON orders USING btree (placed, region, id);
CREATE INDEX orders_note_idx ON orders (note);
DROP INDEX orders_note;
CREATE INDEX ON ONLY orders (amount);
CREATE INDEX ON orders_2025 (amount);
