ALTER TABLE lines RENAME ord TO order_id;
ALTER TABLE orders RENAME note TO remark;
