-- State tables from the log, and counters from the state tables; what was lost.

-- name: empty_state_tables
-- Not TRUNCATE, which would commit.
DELETE FROM address_failures;
DELETE FROM user_failures;
DELETE FROM last_logins;

-- name: fold_addresses
INSERT INTO address_failures (ip, failures)
SELECT l.ip, COUNT(*)
FROM login_log AS l
LEFT JOIN (SELECT ip, MAX(id) AS id FROM login_log WHERE succeeded = 1 GROUP BY ip) AS s ON s.ip = l.ip
WHERE l.succeeded = 0 AND (s.id IS NULL OR l.id > s.id)
GROUP BY l.ip

-- name: fold_users
INSERT INTO user_failures (user_id, failures)
SELECT l.user_id, COUNT(*)
FROM login_log AS l
LEFT JOIN (SELECT user_id, MAX(id) AS id FROM login_log WHERE succeeded = 1 GROUP BY user_id) AS s ON s.user_id = l.user_id
WHERE l.succeeded = 0 AND l.user_id IS NOT NULL AND (s.id IS NULL OR l.id > s.id)
GROUP BY l.user_id

-- name: fold_logins
INSERT INTO last_logins (user_id, last_at, last_ip, previous_at, previous_ip)
SELECT newest.user_id, newest.created_at, newest.ip, previous.created_at, previous.ip
FROM (
  SELECT user_id, MAX(CASE WHEN place = 1 THEN id END) AS newest_id, MAX(CASE WHEN place = 2 THEN id END) AS previous_id
  FROM (
    SELECT user_id, id, ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY id DESC) AS place
    FROM login_log
    WHERE succeeded = 1 AND user_id IS NOT NULL
  ) AS placed
  WHERE place <= 2
  GROUP BY user_id
) AS ids
JOIN login_log AS newest ON newest.id = ids.newest_id
LEFT JOIN login_log AS previous ON previous.id = ids.previous_id

-- name: read_addresses
SELECT ip, failures FROM address_failures WHERE ip > ? ORDER BY ip LIMIT ?

-- name: read_users
SELECT user_id, failures FROM user_failures WHERE user_id > ? ORDER BY user_id LIMIT ?

-- name: read_logins
SELECT user_id, last_at, last_ip, previous_at, previous_ip FROM last_logins WHERE user_id > ? ORDER BY user_id LIMIT ?

-- name: read_names
SELECT id, login FROM users WHERE id > ? ORDER BY id LIMIT ?

-- name: read_log_by_id
-- One JSON array of ids.
SELECT l.id, l.created_at, l.user_id, l.login, l.ip, l.succeeded
FROM JSON_TABLE(?, '$[*]' COLUMNS (id BIGINT PATH '$')) AS j
STRAIGHT_JOIN login_log AS l ON l.id = j.id

-- name: read_quarantined
-- Attempts that the log lacks because MySQL would not take them. One JSON array of digests of their rows.
SELECT q.attempt
FROM JSON_TABLE(?, '$[*]' COLUMNS (digest CHAR(64) CHARACTER SET ascii PATH '$')) AS j
STRAIGHT_JOIN quarantine AS q ON q.digest = j.digest
WHERE q.attempt IS NOT NULL

-- name: read_losses
SELECT attempt, reason FROM quarantine WHERE attempt IS NOT NULL ORDER BY attempt

-- name: is_lost
SELECT attempt FROM quarantine WHERE attempt = ?

-- name: lock_is_free
-- Whether nobody repairs or replaces the stores; see take_lock.sql. Looks, and takes no lock.
SELECT IS_FREE_LOCK(CONCAT('sekisho.', ?, '.', MD5(DATABASE())))
