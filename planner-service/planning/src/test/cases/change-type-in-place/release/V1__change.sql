ALTER TABLE customers ALTER name TYPE varchar(50), ALTER code TYPE text, ALTER amount TYPE numeric(10,2), ALTER seen TYPE timestamp;
ALTER TABLE customers ALTER note TYPE varchar(40), ALTER net TYPE inet, ALTER id TYPE bigint;
