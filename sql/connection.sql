-- Every connection: session variables, named locks, ending what another connection left, rights.

-- name: open_session
-- What a new session begins with. Whatever the result of a statement depends on is set here, so that neither the server's
-- configuration nor its init_connect decides it. Variables that a server does not know are left out (class SessionSetup), as
-- MySQL and MariaDB have different ones. :lock and :idle are in seconds.

-- What decides how the statements after it are read, which rows they give, and how long they may take. MySQL skips what
-- it does not have, or has for accounts with special rights only.
SET sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', sql_select_limit = 18446744073709551615, sql_big_selects = 1
  /*M! , max_statement_time = 0, character_set_filesystem = 'binary' */;

-- What init_connect may have begun is no part of ours.
ROLLBACK AND NO CHAIN NO RELEASE;
SET NAMES utf8mb4 COLLATE utf8mb4_bin;
SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ WRITE;

-- What text means.
SET SESSION old_mode = '';
SET SESSION character_set_collations = '';
SET SESSION time_zone = '+00:00';
SET SESSION lc_messages = 'en_US';

-- Which rows are written, read and refused.
SET SESSION autocommit = 1;
SET SESSION completion_type = 'NO_CHAIN';
SET SESSION foreign_key_checks = 1;
SET SESSION unique_checks = 1;
SET SESSION check_constraint_checks = 1;
SET SESSION innodb_snapshot_isolation = 0;
SET SESSION sql_auto_is_null = 0;
SET SESSION sql_safe_updates = 0;
SET SESSION sql_notes = 1;
SET SESSION max_error_count = 64;
SET SESSION max_sort_length = 1024;
SET SESSION group_concat_max_len = 1048576;
SET SESSION div_precision_increment = 4;

-- How long a statement may take is known here, not there; and a statement over the whole history needs space.
SET SESSION max_execution_time = 0;
SET SESSION tmp_disk_table_size = 18446744073709551615;
SET SESSION max_session_mem_used = 9223372036854775807;

-- The server ends a statement that waits for a lock by itself, and a session of which it hears nothing: its owner may be gone or
-- frozen in the middle of a transaction, and must not hold up the other instances.
SET SESSION innodb_lock_wait_timeout = :lock;
SET SESSION lock_wait_timeout = :lock;
SET SESSION wait_timeout = :idle;
SET SESSION net_read_timeout = :idle;
SET SESSION net_write_timeout = :idle;
SET SESSION idle_transaction_timeout = 0;
SET SESSION idle_write_transaction_timeout = 0;
SET SESSION idle_readonly_transaction_timeout = 0;

-- name: mark_session
-- A name that this session alone holds: connection numbers begin anew with the server, names do not come back.
SELECT GET_LOCK(CONCAT('sekisho.session.', ?), 0)

-- name: find_session
SELECT IS_USED_LOCK(CONCAT('sekisho.session.', ?))

-- name: kill
-- Ends a connection, what it does, and its transaction. Every account may end its own connections.
KILL ?

-- name: version
SELECT VERSION()

-- name: read_only
-- A server that takes no writes is another one's replica, whatever this account may do there.
SELECT @@GLOBAL.read_only, @@GLOBAL.innodb_read_only

-- name: server_variables
SHOW VARIABLES

-- name: begin_snapshot
-- Reads as of one moment and without a lock, whatever the server's own isolation level is.
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;
START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY;

-- name: take_lock
-- A lock by name that ends with its connection: nothing is left of it when its holder is killed. Waits for some
-- seconds; gives 1 when it was taken. Names are common to all databases of a server.
SELECT GET_LOCK(CONCAT('sekisho.', ?, '.', MD5(DATABASE())), ?)

-- name: release_lock
SELECT RELEASE_LOCK(CONCAT('sekisho.', ?, '.', MD5(DATABASE())))

-- name: lock_taken
SELECT IS_USED_LOCK(CONCAT('sekisho.', ?, '.', MD5(DATABASE()))) IS NOT NULL

-- name: check_rights
-- Each right that serving needs, used without effect. What the tables look like is no matter here.
SELECT id, login, password_hash, salt FROM users WHERE FALSE;
SELECT id, created_at, user_id, login, ip, succeeded FROM login_log WHERE FALSE;
INSERT INTO login_log SELECT * FROM login_log WHERE FALSE;
SELECT ip, failures FROM address_failures WHERE FALSE;
INSERT INTO address_failures SELECT * FROM address_failures WHERE FALSE;
UPDATE address_failures SET failures = 0 WHERE FALSE;
DELETE FROM address_failures WHERE FALSE;
SELECT user_id, failures FROM user_failures WHERE FALSE;
INSERT INTO user_failures SELECT * FROM user_failures WHERE FALSE;
UPDATE user_failures SET failures = 0 WHERE FALSE;
DELETE FROM user_failures WHERE FALSE;
SELECT user_id, last_at, last_ip, previous_at, previous_ip FROM last_logins WHERE FALSE;
INSERT INTO last_logins SELECT * FROM last_logins WHERE FALSE;
UPDATE last_logins SET last_ip = '' WHERE FALSE;
DELETE FROM last_logins WHERE FALSE;
SELECT watermark, counted, generation FROM service_state WHERE FALSE;
INSERT INTO service_state SELECT * FROM service_state WHERE FALSE;
UPDATE service_state SET watermark = 0 WHERE FALSE;
SELECT name, incarnation FROM instances WHERE FALSE;
INSERT INTO instances SELECT * FROM instances WHERE FALSE;
UPDATE instances SET incarnation = '' WHERE FALSE;
DELETE FROM instances WHERE FALSE;
SELECT digest FROM quarantine WHERE FALSE;
INSERT INTO quarantine SELECT * FROM quarantine WHERE FALSE;
SELECT id FROM operator_events WHERE FALSE;
INSERT INTO operator_events SELECT * FROM operator_events WHERE FALSE;
SELECT block FROM allowed_addresses WHERE FALSE;
SELECT ip FROM pruned_address_failures WHERE FALSE;
SELECT user_id FROM pruned_user_failures WHERE FALSE;
SELECT user_id FROM pruned_last_logins WHERE FALSE;
SELECT up_to FROM log_filters WHERE FALSE;
INSERT INTO log_filters SELECT * FROM log_filters WHERE FALSE;
DELETE FROM log_filters WHERE FALSE;
UPDATE quarantine SET reason = '' WHERE FALSE;
