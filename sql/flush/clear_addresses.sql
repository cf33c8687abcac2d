-- One JSON array of addresses whose newest attempt was a success: [ip, …]. Joined from the array, so that the table is only
-- looked up by its key.
DELETE a
FROM JSON_TABLE(?, '$[*]' COLUMNS (ip VARCHAR(64) PATH '$')) AS j
STRAIGHT_JOIN address_failures AS a ON a.ip = CONVERT(j.ip USING ascii) COLLATE ascii_bin
