-- How much memory the users will take. LENGTH is in bytes.
SELECT COUNT(*), COALESCE(SUM(LENGTH(login) + LENGTH(salt)), 0) FROM users
