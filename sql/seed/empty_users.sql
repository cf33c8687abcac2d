-- Not TRUNCATE, which cannot be rolled back.
DELETE FROM users
