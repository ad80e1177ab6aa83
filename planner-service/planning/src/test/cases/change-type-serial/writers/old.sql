INSERT INTO lines (id) VALUES (1000 + {n})
UPDATE lines SET number = id WHERE id = 1 + {n} % 300
DELETE FROM lines WHERE id = 1000 + {n} - 40
SELECT number FROM lines GROUP BY number HAVING count(*) > 1 OR number IS NULL
