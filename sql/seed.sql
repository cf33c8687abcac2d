-- Puts the seed data in place.

-- name: tables_present
-- Those of the service's tables that init empties, as far as they are there.
SELECT table_name AS name FROM information_schema.tables
WHERE table_schema = DATABASE()
  AND table_name IN ('users', 'login_log', 'address_failures', 'user_failures', 'last_logins', 'operator_events', 'allowed_addresses',
    'pruned_address_failures', 'pruned_user_failures', 'pruned_last_logins', 'log_filters', 'quarantine', 'service_state')

-- name: count_rows
-- Rows of a table, whose name takes the place of %s; no more than a million and one are counted.
SELECT COUNT(*) FROM (SELECT 1 FROM %s LIMIT 1000001) AS counted

-- name: fingerprint_users
-- The same for the same users, in whatever order: how many, and the first 64 bits of each row's SHA-256 combined.
SELECT COUNT(*),
       HEX(BIT_XOR(CAST(CONV(LEFT(SHA2(CONCAT_WS(CHAR(9), id, login, password_hash, salt), 256), 16), 16, 10) AS UNSIGNED)))
FROM users

-- name: read_epoch
SELECT generation FROM service_state WHERE id = 1 FOR UPDATE

-- name: begin
-- From here until an epoch is set, no instance flushes or accepts attempts. Waits for a flush under way.
INSERT INTO service_state (id, watermark, generation) VALUES (1, 0, '') ON DUPLICATE KEY UPDATE generation = ''

-- name: empty_users
-- Not TRUNCATE, which cannot be rolled back.
DELETE FROM users

-- name: insert_users
-- One JSON array: [[id, login, password_hash, salt], …].
INSERT INTO users (id, login, password_hash, salt)
SELECT j.id, j.login, j.password_hash, j.salt
FROM JSON_TABLE(?, '$[*]' COLUMNS (
  id BIGINT PATH '$[0]',
  login VARCHAR(255) CHARACTER SET utf8mb4 PATH '$[1]',
  password_hash CHAR(64) CHARACTER SET ascii PATH '$[2]',
  salt VARCHAR(255) CHARACTER SET utf8mb4 PATH '$[3]'
)) AS j

-- name: empty_history
-- TRUNCATE commits each time: the epoch in service_state is empty meanwhile, so that nobody uses what is half done.
TRUNCATE TABLE login_log;
TRUNCATE TABLE address_failures;
TRUNCATE TABLE user_failures;
TRUNCATE TABLE last_logins;
TRUNCATE TABLE operator_events;
TRUNCATE TABLE allowed_addresses;
TRUNCATE TABLE pruned_address_failures;
TRUNCATE TABLE pruned_user_failures;
TRUNCATE TABLE pruned_last_logins;
TRUNCATE TABLE log_filters;
TRUNCATE TABLE quarantine;

-- name: finish
-- Not where another process has put its data in force meanwhile.
UPDATE service_state SET watermark = ?, counted = NULL, pruned = 0, generation = ?, format = ? WHERE id = 1 AND generation = ''
