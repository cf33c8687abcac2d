-- Rows of a table, whose name takes the place of %s; no more than a million and one are counted.
SELECT COUNT(*) FROM (SELECT 1 FROM %s LIMIT 1000001) AS counted
