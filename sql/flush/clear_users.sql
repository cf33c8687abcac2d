-- One JSON array of users whose newest attempt was a success: [user id, …].
DELETE u
FROM JSON_TABLE(?, '$[*]' COLUMNS (user_id BIGINT PATH '$')) AS j
STRAIGHT_JOIN user_failures AS u ON u.user_id = j.user_id
