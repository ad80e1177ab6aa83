CREATE INDEX ON customers USING gist (name gist_trgm_ops) WITH (fillfactor = 80);
ALTER TABLE customers ADD COLUMN nick citext DEFAULT 'x', ADD CONSTRAINT nick_given CHECK (nick <> 'Y');
ALTER TABLE customers RENAME email TO mail;
ALTER TABLE customers RENAME name TO "Full Name";
