-- From the queue into the log, and from the log into the state tables.

-- name: read_attempts
-- One JSON array of ids: [id, …].
SELECT l.id, l.created_at, l.user_id, l.login, l.ip, l.succeeded
FROM JSON_TABLE(?, '$[*]' COLUMNS (id BIGINT PATH '$')) AS j
STRAIGHT_JOIN login_log AS l ON l.id = j.id

-- name: read_acts
-- The same for operators' acts.
SELECT e.id, e.created_at, e.kind, e.user_id, e.subject, e.operator, e.reason
FROM JSON_TABLE(?, '$[*]' COLUMNS (id BIGINT PATH '$')) AS j
STRAIGHT_JOIN operator_events AS e ON e.id = j.id

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

-- name: insert_acts
-- One JSON array: [[id, milliseconds since 1970, kind, user id or null, subject, operator, reason], …], in the order of ids.
INSERT INTO operator_events (id, created_at, kind, user_id, subject, operator, reason)
SELECT j.id, '1970-01-01' + INTERVAL j.millis * 1000 MICROSECOND, j.kind, j.user_id, j.subject, j.operator, j.reason
FROM JSON_TABLE(?, '$[*]' COLUMNS (
  id BIGINT PATH '$[0]',
  millis BIGINT PATH '$[1]',
  kind VARCHAR(16) CHARACTER SET ascii PATH '$[2]',
  user_id BIGINT PATH '$[3]',
  subject VARCHAR(255) CHARACTER SET utf8mb4 PATH '$[4]',
  operator VARCHAR(255) CHARACTER SET utf8mb4 PATH '$[5]',
  reason VARCHAR(255) CHARACTER SET utf8mb4 PATH '$[6]'
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
-- One JSON array of addresses whose newest entry was a success or a pardon: [[ip, 1 for a pardon], …]. Joined from the array, so that
-- the table is only looked up by its key. A success does not end what an operator did.
DELETE a
FROM JSON_TABLE(?, '$[*]' COLUMNS (ip VARCHAR(64) CHARACTER SET ascii PATH '$[0]', pardon TINYINT PATH '$[1]')) AS j
STRAIGHT_JOIN address_failures AS a ON a.ip = j.ip COLLATE ascii_bin
WHERE j.pardon OR a.failures < 1099511627776

-- name: any_barred_address
SELECT 1 FROM address_failures WHERE failures >= 1099511627776 LIMIT 1

-- name: keep_barred_addresses
-- The same without the second value: [ip, …].
UPDATE JSON_TABLE(?, '$[*]' COLUMNS (ip VARCHAR(64) CHARACTER SET ascii PATH '$')) AS j
STRAIGHT_JOIN address_failures AS a ON a.ip = j.ip COLLATE ascii_bin
SET a.failures = 1099511627776, a.since = NULL
WHERE a.failures >= 1099511627776

-- name: clear_users
-- One JSON array of users whose newest entry was a success or a pardon: [[user_id, 1 for a pardon], …]. Joined from the array, so that
-- the table is only looked up by its key. A success does not end what an operator did.
DELETE u
FROM JSON_TABLE(?, '$[*]' COLUMNS (user_id BIGINT PATH '$[0]', pardon TINYINT PATH '$[1]')) AS j
STRAIGHT_JOIN user_failures AS u ON u.user_id = j.user_id
WHERE j.pardon OR u.failures < 1099511627776

-- name: any_barred_user
SELECT 1 FROM user_failures WHERE failures >= 1099511627776 LIMIT 1

-- name: keep_barred_users
-- The same without the second value: [user_id, …].
UPDATE JSON_TABLE(?, '$[*]' COLUMNS (user_id BIGINT PATH '$')) AS j
STRAIGHT_JOIN user_failures AS u ON u.user_id = j.user_id
SET u.failures = 1099511627776, u.since = NULL
WHERE u.failures >= 1099511627776

-- name: count_addresses
-- One JSON array: [[ip, flags, failures, when the first one was, how much later the others were], …]. Flags: 1 if a success or pardon
-- came before these failures, 2 if an operator barred, 4 if one pardoned. Times are milliseconds since 1970 and after the first,
-- separated by commas, as many as :threshold at most; left out where they are not needed.
-- 1099511627776 is CounterChange.BARRED. Assignments run from left to right: since is found by the stored counter.
INSERT INTO address_failures (ip, failures, since)
SELECT j.ip, j.failures + IF(j.flags & 2, 1099511627776, 0),
  IF(j.failures >= :threshold, '1970-01-01' + INTERVAL
      (j.first + IF(:threshold = 1, 0, SUBSTRING_INDEX(SUBSTRING_INDEX(j.later, ',', :threshold - 1), ',', -1))) * 1000 MICROSECOND, NULL)
FROM JSON_TABLE(?, '$[*]' COLUMNS (
  ip VARCHAR(64) CHARACTER SET ascii PATH '$[0]',
  flags TINYINT PATH '$[1]',
  failures BIGINT PATH '$[2]',
  first BIGINT PATH '$[3]',
  later VARCHAR(16000) CHARACTER SET ascii PATH '$[4]'
)) AS j
ON DUPLICATE KEY UPDATE
  since = CASE
    WHEN j.flags & 1 THEN VALUES(since)
    WHEN address_failures.failures % 1099511627776 >= :threshold THEN address_failures.since
    WHEN address_failures.failures % 1099511627776 + j.failures >= :threshold THEN '1970-01-01' + INTERVAL
      (j.first + IF(:threshold - address_failures.failures % 1099511627776 = 1, 0, SUBSTRING_INDEX(SUBSTRING_INDEX(j.later, ',', :threshold - address_failures.failures % 1099511627776 - 1), ',', -1))) * 1000 MICROSECOND
  END,
  failures = IF(j.flags & 2 OR NOT j.flags & 4 AND address_failures.failures >= 1099511627776, 1099511627776, 0)
    + IF(j.flags & 1, 0, address_failures.failures % 1099511627776) + j.failures

-- name: count_users
-- One JSON array: [[user_id, flags, failures, when the first one was, how much later the others were], …]. Flags: 1 if a success or pardon
-- came before these failures, 2 if an operator barred, 4 if one pardoned. Times are milliseconds since 1970 and after the first,
-- separated by commas, as many as :threshold at most; left out where they are not needed.
-- 1099511627776 is CounterChange.BARRED. Assignments run from left to right: since is found by the stored counter.
INSERT INTO user_failures (user_id, failures, since)
SELECT j.user_id, j.failures + IF(j.flags & 2, 1099511627776, 0),
  IF(j.failures >= :threshold, '1970-01-01' + INTERVAL
      (j.first + IF(:threshold = 1, 0, SUBSTRING_INDEX(SUBSTRING_INDEX(j.later, ',', :threshold - 1), ',', -1))) * 1000 MICROSECOND, NULL)
FROM JSON_TABLE(?, '$[*]' COLUMNS (
  user_id BIGINT PATH '$[0]',
  flags TINYINT PATH '$[1]',
  failures BIGINT PATH '$[2]',
  first BIGINT PATH '$[3]',
  later VARCHAR(16000) CHARACTER SET ascii PATH '$[4]'
)) AS j
ON DUPLICATE KEY UPDATE
  since = CASE
    WHEN j.flags & 1 THEN VALUES(since)
    WHEN user_failures.failures % 1099511627776 >= :threshold THEN user_failures.since
    WHEN user_failures.failures % 1099511627776 + j.failures >= :threshold THEN '1970-01-01' + INTERVAL
      (j.first + IF(:threshold - user_failures.failures % 1099511627776 = 1, 0, SUBSTRING_INDEX(SUBSTRING_INDEX(j.later, ',', :threshold - user_failures.failures % 1099511627776 - 1), ',', -1))) * 1000 MICROSECOND
  END,
  failures = IF(j.flags & 2 OR NOT j.flags & 4 AND user_failures.failures >= 1099511627776, 1099511627776, 0)
    + IF(j.flags & 1, 0, user_failures.failures % 1099511627776) + j.failures

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

-- name: read_events
SELECT id, created_at, kind, user_id, subject, operator, reason FROM operator_events WHERE id > ? AND id <= ? ORDER BY id LIMIT ?

-- name: oldest_attempts
SELECT id, created_at FROM login_log WHERE id > ? AND id <= ? ORDER BY id LIMIT ?

-- name: remove_attempts
DELETE FROM login_log WHERE id > ? AND id <= ?

-- name: set_pruned
UPDATE service_state SET pruned = ? WHERE id = 1 AND pruned = ?

-- name: remove_filters
DELETE FROM log_filters WHERE up_to <= ?

-- name: filters_end
-- Attempts up to this number are in a run that has a filter, as far as they were not pruned; and how far the log goes.
SELECT GREATEST(s.pruned, COALESCE((SELECT MAX(f.up_to) FROM log_filters AS f), 0)), s.watermark, s.generation
FROM service_state AS s WHERE s.id = 1

-- name: read_subjects
SELECT id, user_id, ip FROM login_log WHERE id > ? AND id <= ? ORDER BY id LIMIT ?

-- name: add_filter
-- Not in another history than the run was read in. Another instance may have been faster.
INSERT INTO log_filters (up_to, above, subjects) SELECT ?, ?, ? FROM service_state WHERE id = 1 AND generation = ?
ON DUPLICATE KEY UPDATE above = log_filters.above

-- name: runs_with_subject
-- A position is taken modulo the bits of the filter, a power of two.
SELECT above, up_to FROM log_filters
WHERE up_to <= ?
  AND (ASCII(SUBSTRING(subjects, (? & (8 * LENGTH(subjects) - 1)) DIV 8 + 1, 1)) >> (? & 7)) & 1 = 1
  AND (ASCII(SUBSTRING(subjects, (? & (8 * LENGTH(subjects) - 1)) DIV 8 + 1, 1)) >> (? & 7)) & 1 = 1
  AND (ASCII(SUBSTRING(subjects, (? & (8 * LENGTH(subjects) - 1)) DIV 8 + 1, 1)) >> (? & 7)) & 1 = 1
  AND (ASCII(SUBSTRING(subjects, (? & (8 * LENGTH(subjects) - 1)) DIV 8 + 1, 1)) >> (? & 7)) & 1 = 1
  AND (ASCII(SUBSTRING(subjects, (? & (8 * LENGTH(subjects) - 1)) DIV 8 + 1, 1)) >> (? & 7)) & 1 = 1
ORDER BY up_to DESC LIMIT ?

-- name: filters_begin
SELECT MIN(above) FROM log_filters
