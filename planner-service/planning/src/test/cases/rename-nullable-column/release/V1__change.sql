ALTER TABLE customers RENAME region TO "Sales Region";
