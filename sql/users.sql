-- The users, for the directory in memory.

-- name: size
-- How much memory the users will take. LENGTH is in bytes.
SELECT COUNT(*), COALESCE(SUM(LENGTH(login) + LENGTH(salt)), 0) FROM users

-- name: load
SELECT id, login, password_hash, salt FROM users

-- name: add_user
-- One process at a time does this: two would take the same id.
INSERT INTO users (id, login, password_hash, salt)
SELECT COALESCE(MAX(id), 0) + 1, ?, ?, ? FROM users

-- name: change_password
UPDATE users SET password_hash = ?, salt = ? WHERE login = ?

-- name: is_user
SELECT id FROM users WHERE login = ?

-- name: read_allowed
SELECT block, created_at, operator, reason FROM allowed_addresses ORDER BY block

-- name: add_allowed
-- One that is there stays as it is.
INSERT INTO allowed_addresses (block, created_at, operator, reason)
VALUES (?, UTC_TIMESTAMP(3), ?, ?) ON DUPLICATE KEY UPDATE block = VALUES(block)

-- name: remove_allowed
DELETE FROM allowed_addresses WHERE block = ?
