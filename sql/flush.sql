-- From the queue into the log, and from the log into the state tables.

-- name: read_attempts
-- One JSON array of ids: [id, …].
SELECT l.id, l.created_at, l.user_id, l.login, l.ip, l.succeeded
FROM JSON_TABLE(?, '$[*]' COLUMNS (id BIGINT PATH '$')) AS j
STRAIGHT_JOIN login_log AS l ON l.id = j.id

-- name: load_login_log
-- The file that the client sends; columns as in it. What the text means does not depend on the server's sql_mode.
LOAD DATA LOCAL INFILE ? INTO TABLE login_log CHARACTER SET utf8mb4
FIELDS TERMINATED BY X'09' ESCAPED BY X'5C' LINES TERMINATED BY X'0A'
(id, created_at, user_id, login, ip, succeeded)

-- name: insert_login_log
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

-- name: quarantine
-- The same row found again, after a crash between commit and trim, is the same entry.
INSERT INTO quarantine (digest, found_at, attempt, reason, queue_row) VALUES (?, UTC_TIMESTAMP(3), ?, ?, ?)
ON DUPLICATE KEY UPDATE attempt = COALESCE(VALUES(attempt), attempt), reason = VALUES(reason)

-- name: move_watermark
-- Assignments run from left to right: what was counted stays what it was.
UPDATE service_state SET counted = COALESCE(counted, watermark), watermark = ? WHERE id = 1 AND watermark = ?

-- name: set_counted
UPDATE service_state SET counted = ? WHERE id = 1 AND counted = ?

-- name: clear_addresses
-- One JSON array of addresses whose newest attempt was a success: [ip, …]. Joined from the array, so that the table is only
-- looked up by its key.
DELETE a
FROM JSON_TABLE(?, '$[*]' COLUMNS (ip VARCHAR(64) CHARACTER SET ascii PATH '$')) AS j
STRAIGHT_JOIN address_failures AS a ON a.ip = j.ip COLLATE ascii_bin

-- name: clear_users
-- One JSON array of users whose newest attempt was a success: [user id, …].
DELETE u
FROM JSON_TABLE(?, '$[*]' COLUMNS (user_id BIGINT PATH '$')) AS j
STRAIGHT_JOIN user_failures AS u ON u.user_id = j.user_id

-- name: count_addresses
-- One JSON array: [[ip, 1 if a success came first, failures after it], …].
INSERT INTO address_failures (ip, failures)
SELECT j.ip, j.failures
FROM JSON_TABLE(?, '$[*]' COLUMNS (
  ip VARCHAR(64) CHARACTER SET ascii PATH '$[0]',
  succeeded TINYINT PATH '$[1]',
  failures BIGINT PATH '$[2]'
)) AS j
ON DUPLICATE KEY UPDATE failures = IF(j.succeeded, j.failures, address_failures.failures + j.failures)

-- name: count_users
-- One JSON array: [[user id, 1 if a success came first, failures after it], …].
INSERT INTO user_failures (user_id, failures)
SELECT j.user_id, j.failures
FROM JSON_TABLE(?, '$[*]' COLUMNS (
  user_id BIGINT PATH '$[0]',
  succeeded TINYINT PATH '$[1]',
  failures BIGINT PATH '$[2]'
)) AS j
ON DUPLICATE KEY UPDATE failures = IF(j.succeeded, j.failures, user_failures.failures + j.failures)

-- name: remember_logins
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

-- name: read_log
SELECT id, created_at, user_id, login, ip, succeeded FROM login_log WHERE id > ? AND id <= ? ORDER BY id LIMIT ?
