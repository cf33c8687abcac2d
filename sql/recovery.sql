-- State tables from the log, and counters from the state tables; what was lost.

-- name: empty_state_tables
-- Not TRUNCATE, which would commit.
DELETE FROM address_failures;
DELETE FROM user_failures;
DELETE FROM last_logins;
DELETE FROM log_filters;

-- name: begin_at_pruned
-- The state tables of what the log does not hold any more; the rest is counted from there.
INSERT INTO address_failures (ip, failures, since) SELECT ip, failures, since FROM pruned_address_failures;
INSERT INTO user_failures (user_id, failures, since) SELECT user_id, failures, since FROM pruned_user_failures;
INSERT INTO last_logins (user_id, last_at, last_ip, previous_at, previous_ip)
SELECT user_id, last_at, last_ip, previous_at, previous_ip FROM pruned_last_logins;
UPDATE service_state SET counted = pruned WHERE id = 1;

-- name: read_addresses
SELECT ip, failures FROM address_failures WHERE ip > ? ORDER BY ip LIMIT ?

-- name: read_users
SELECT user_id, failures FROM user_failures WHERE user_id > ? ORDER BY user_id LIMIT ?

-- name: read_logins
SELECT user_id, last_at, last_ip, previous_at, previous_ip FROM last_logins WHERE user_id > ? ORDER BY user_id LIMIT ?

-- name: read_pruned_addresses
SELECT ip, failures FROM pruned_address_failures WHERE ip > ? ORDER BY ip LIMIT ?

-- name: read_pruned_users
SELECT user_id, failures FROM pruned_user_failures WHERE user_id > ? ORDER BY user_id LIMIT ?

-- name: read_pruned_logins
SELECT user_id, last_at, last_ip, previous_at, previous_ip FROM pruned_last_logins WHERE user_id > ? ORDER BY user_id LIMIT ?

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
