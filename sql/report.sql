-- The two lists.

-- name: banned_addresses
SELECT ip FROM address_failures WHERE failures >= ?

-- name: locked_users
SELECT u.login FROM user_failures AS f JOIN users AS u ON u.id = f.user_id WHERE f.failures >= ?

-- name: count
SELECT (SELECT COUNT(*) FROM address_failures WHERE failures >= ?), (SELECT COUNT(*) FROM user_failures WHERE failures >= ?)

-- name: quarantined
SELECT COUNT(attempt), COUNT(*) FROM quarantine
