-- One JSON array of ids: [id, …].
SELECT l.id, l.created_at, l.user_id, l.login, l.ip, l.succeeded
FROM JSON_TABLE(?, '$[*]' COLUMNS (id BIGINT PATH '$')) AS j
STRAIGHT_JOIN login_log AS l ON l.id = j.id
