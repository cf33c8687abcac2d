-- More users for the benchmarks.

-- name: add_users
-- Four more users for each of the seed's: a million in all.
INSERT INTO users (id, login, password_hash, salt)
SELECT seeded.id + 200000 * copies.number, CONCAT(seeded.login, '.', copies.number), seeded.password_hash, seeded.salt
FROM users AS seeded
JOIN (SELECT 1 AS number UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4) AS copies
WHERE seeded.id <= 200000

-- name: remove_users
-- Those that add_users.sql has added.
DELETE FROM users WHERE id > 200000
