ALTER TABLE orders RENAME TO purchases;
ALTER TABLE purchases ADD COLUMN note text;
ALTER INDEX orders_status_idx RENAME TO purchases_status_idx;
CREATE TABLE fresh (id int);
ALTER TABLE fresh RENAME TO fresher;
ALTER TABLE events RENAME TO happenings;
ALTER TABLE happenings ADD COLUMN note text;
