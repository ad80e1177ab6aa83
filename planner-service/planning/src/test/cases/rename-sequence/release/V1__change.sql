ALTER SEQUENCE orders_id_seq RENAME TO purchases_id_seq;
ALTER SEQUENCE lines_id_seq RENAME TO "Line Numbers";
CREATE SEQUENCE fresh;
ALTER SEQUENCE fresh RENAME TO fresher;
