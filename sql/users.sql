-- The users, for the directory in memory.

-- name: size
-- How much memory the users will take. LENGTH is in bytes.
SELECT COUNT(*), COALESCE(SUM(LENGTH(login) + LENGTH(salt)), 0) FROM users

-- name: load
SELECT id, login, password_hash, salt FROM users
