DROP FUNCTION total(bigint, numeric);
DROP FUNCTION IF EXISTS labels(VARIADIC text[]), "Odd (name)"(orders), gone(integer);
DROP PROCEDURE tidy;
DROP AGGREGATE longest(text);
DROP ROUTINE longer RESTRICT;
