-- Attempts that the log lacks because MySQL would not take them. One JSON array of digests of their rows.
SELECT q.attempt
FROM JSON_TABLE(?, '$[*]' COLUMNS (digest CHAR(64) CHARACTER SET ascii PATH '$')) AS j
STRAIGHT_JOIN quarantine AS q ON q.digest = j.digest
WHERE q.attempt IS NOT NULL
