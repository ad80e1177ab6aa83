ALTER TABLE lines ALTER number TYPE bigint;
