-- The two lists.

-- name: banned_addresses
SELECT ip FROM address_failures WHERE failures >= ?

-- name: locked_users
SELECT u.login FROM user_failures AS f JOIN users AS u ON u.id = f.user_id WHERE f.failures >= ?

-- name: bans
-- With how many failures, and since when they were as many as the threshold.
SELECT ip, failures, since FROM address_failures WHERE failures >= ? ORDER BY ip

-- name: locks
SELECT u.login, f.failures, f.since FROM user_failures AS f JOIN users AS u ON u.id = f.user_id WHERE f.failures >= ? ORDER BY u.login

-- name: newest_bans
SELECT ip, failures, since FROM address_failures WHERE failures >= ?
ORDER BY COALESCE(since, (SELECT MAX(e.created_at) FROM operator_events AS e WHERE e.subject = CONVERT(ip USING utf8mb4))) DESC, ip
LIMIT ?

-- name: newest_locks
SELECT u.login, f.failures, f.since FROM user_failures AS f JOIN users AS u ON u.id = f.user_id WHERE f.failures >= ?
ORDER BY COALESCE(f.since, (SELECT MAX(e.created_at) FROM operator_events AS e WHERE e.user_id = f.user_id)) DESC, u.login
LIMIT ?

-- name: events_of
-- What operators did to an address or a user, the newest first.
SELECT id, created_at, kind, user_id, subject, operator, reason FROM operator_events WHERE subject = ? ORDER BY id DESC

-- name: address_state
SELECT failures, since FROM address_failures WHERE ip = ?

-- name: user_state
SELECT failures, since FROM user_failures WHERE user_id = ?

-- name: ids_of_address
-- In the order of the key, which is twice as fast as backwards; there is no index by address or user.
SELECT id FROM login_log WHERE id > ? AND id <= ? AND ip = ?

-- name: ids_of_user
SELECT id FROM login_log WHERE id > ? AND id <= ? AND user_id = ?

-- name: count
SELECT (SELECT COUNT(*) FROM address_failures WHERE failures >= ?), (SELECT COUNT(*) FROM user_failures WHERE failures >= ?)

-- name: quarantined
SELECT COUNT(attempt), COUNT(*) FROM quarantine
