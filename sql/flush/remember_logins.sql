-- One JSON array: [[user id, millis and ip of the newest success, millis and ip of the one before it or nulls], …].
-- Assignments run from left to right: the previous login takes the stored newest before that one is replaced.
INSERT INTO last_logins (user_id, last_at, last_ip, previous_at, previous_ip)
SELECT j.user_id,
  '1970-01-01' + INTERVAL j.last_millis * 1000 MICROSECOND, j.last_ip,
  '1970-01-01' + INTERVAL j.previous_millis * 1000 MICROSECOND, j.previous_ip
FROM JSON_TABLE(?, '$[*]' COLUMNS (
  user_id BIGINT PATH '$[0]',
  last_millis BIGINT PATH '$[1]',
  last_ip VARCHAR(64) CHARACTER SET ascii PATH '$[2]',
  previous_millis BIGINT PATH '$[3]',
  previous_ip VARCHAR(64) CHARACTER SET ascii PATH '$[4]'
)) AS j
ON DUPLICATE KEY UPDATE
  previous_at = IF(j.previous_millis IS NULL, last_logins.last_at, VALUES(previous_at)),
  previous_ip = IF(j.previous_millis IS NULL, last_logins.last_ip, VALUES(previous_ip)),
  last_at = VALUES(last_at),
  last_ip = VALUES(last_ip)
