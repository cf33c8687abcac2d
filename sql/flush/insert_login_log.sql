-- One JSON array: [[id, milliseconds since 1970, user id or null, login, ip, succeeded], …], in the order of ids.
-- A text column of JSON_TABLE without a character set has that of the database, which may lack the letters.
INSERT INTO login_log (id, created_at, user_id, login, ip, succeeded)
SELECT j.id, '1970-01-01' + INTERVAL j.millis * 1000 MICROSECOND, j.user_id, j.login, j.ip, j.succeeded
FROM JSON_TABLE(?, '$[*]' COLUMNS (
  id BIGINT PATH '$[0]',
  millis BIGINT PATH '$[1]',
  user_id BIGINT PATH '$[2]',
  login VARCHAR(255) CHARACTER SET utf8mb4 PATH '$[3]',
  ip VARCHAR(64) CHARACTER SET ascii PATH '$[4]',
  succeeded TINYINT PATH '$[5]'
)) AS j
