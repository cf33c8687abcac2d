-- One JSON array of addresses whose newest attempt was a success: [ip, …]. Joined from the array, so that the table is only
-- looked up by its key.
DELETE a
FROM JSON_TABLE(?, '$[*]' COLUMNS (ip VARCHAR(64) CHARACTER SET ascii PATH '$')) AS j
STRAIGHT_JOIN address_failures AS a ON a.ip = j.ip COLLATE ascii_bin
