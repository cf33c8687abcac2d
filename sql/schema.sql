-- Tables of the service, for MariaDB 10.6+ and MySQL 8.0.17+. Every statement may be run again. The service compares its tables with
-- this file when it starts (class SchemaCheck): a text column with a collation must have that one, one with a character set must be
-- able to hold that, others any; numbers, lengths and fractions of seconds may be larger.
--
-- Text compares byte for byte and without padding ('a' is not 'a '). The collation that says so has another name on each
-- server; MariaDB runs the first kind of comment, MySQL the second, and each skips the other's.

CREATE TABLE IF NOT EXISTS users (
  id BIGINT NOT NULL,
  login VARCHAR(255) CHARACTER SET utf8mb4 /*M! COLLATE utf8mb4_nopad_bin */ /*!80017 COLLATE utf8mb4_0900_bin */ NOT NULL,
  password_hash CHAR(64) CHARACTER SET ascii NOT NULL COMMENT 'hex SHA-256 of password:salt, or * for a user who may not log in',
  salt VARCHAR(255) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY users_login (login)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 /*M! COLLATE=utf8mb4_nopad_bin */ /*!80017 COLLATE=utf8mb4_0900_bin */;

-- One row for each attempt. The id is the attempt's sequence number: its order is the order of the decisions.
CREATE TABLE IF NOT EXISTS login_log (
  id BIGINT NOT NULL,
  created_at DATETIME(3) NOT NULL COMMENT 'UTC',
  user_id BIGINT NULL COMMENT 'NULL for a name that is not a user',
  login VARCHAR(255) CHARACTER SET utf8mb4 NOT NULL COMMENT 'as typed',
  ip VARCHAR(64) CHARACTER SET ascii NOT NULL COMMENT 'canonical client address',
  succeeded TINYINT NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 /*M! COLLATE=utf8mb4_nopad_bin */ /*!80017 COLLATE=utf8mb4_0900_bin */;

-- What operators did: their ids are numbers in the order of the attempts, and no attempt has them.
CREATE TABLE IF NOT EXISTS operator_events (
  id BIGINT NOT NULL,
  created_at DATETIME(3) NOT NULL COMMENT 'UTC',
  kind VARCHAR(16) CHARACTER SET ascii NOT NULL COMMENT 'pardon, ban or lock',
  user_id BIGINT NULL COMMENT 'NULL for an address',
  subject VARCHAR(255) CHARACTER SET utf8mb4 NOT NULL COMMENT 'name of the user, or canonical address',
  operator VARCHAR(255) CHARACTER SET utf8mb4 NOT NULL COMMENT 'who did it',
  reason VARCHAR(255) CHARACTER SET utf8mb4 NOT NULL,
  PRIMARY KEY (id),
  KEY operator_events_subject (subject)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4;

-- Addresses that cannot be banned, as blocks. No part of the history: attempts from there are counted as all others.
CREATE TABLE IF NOT EXISTS allowed_addresses (
  block VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'canonical address/bits',
  created_at DATETIME(3) NOT NULL COMMENT 'UTC',
  operator VARCHAR(255) CHARACTER SET utf8mb4 NOT NULL COMMENT 'who put it there',
  reason VARCHAR(255) CHARACTER SET utf8mb4 NOT NULL,
  PRIMARY KEY (block)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4;

-- State tables: the fold of login_log and operator_events up to service_state.counted, so that a report costs two index reads.
-- An address or a user without failures since the last success or pardon has no row, unless an operator bans or locks it:
-- then failures is 2^40 higher.
CREATE TABLE IF NOT EXISTS address_failures (
  ip VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  failures BIGINT NOT NULL COMMENT 'since the last success or pardon',
  since DATETIME(3) NULL COMMENT 'UTC, when they reached the threshold',
  PRIMARY KEY (ip),
  KEY address_failures_failures (failures)
) ENGINE=InnoDB DEFAULT CHARSET=ascii;

CREATE TABLE IF NOT EXISTS user_failures (
  user_id BIGINT NOT NULL,
  failures BIGINT NOT NULL COMMENT 'since the last success or pardon',
  since DATETIME(3) NULL COMMENT 'UTC, when they reached the threshold',
  PRIMARY KEY (user_id),
  KEY user_failures_failures (failures)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

-- The newest success of each user and the one before it.
CREATE TABLE IF NOT EXISTS last_logins (
  user_id BIGINT NOT NULL,
  last_at DATETIME(3) NOT NULL,
  last_ip VARCHAR(64) CHARACTER SET ascii NOT NULL,
  previous_at DATETIME(3) NULL,
  previous_ip VARCHAR(64) CHARACTER SET ascii NULL,
  PRIMARY KEY (user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

-- The same for the history up to service_state.pruned, which the log does not hold any more.
CREATE TABLE IF NOT EXISTS pruned_address_failures (
  ip VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  failures BIGINT NOT NULL COMMENT 'since the last success or pardon',
  since DATETIME(3) NULL COMMENT 'UTC, when they reached the threshold',
  PRIMARY KEY (ip)
) ENGINE=InnoDB DEFAULT CHARSET=ascii;

CREATE TABLE IF NOT EXISTS pruned_user_failures (
  user_id BIGINT NOT NULL,
  failures BIGINT NOT NULL COMMENT 'since the last success or pardon',
  since DATETIME(3) NULL COMMENT 'UTC, when they reached the threshold',
  PRIMARY KEY (user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE IF NOT EXISTS pruned_last_logins (
  user_id BIGINT NOT NULL,
  last_at DATETIME(3) NOT NULL,
  last_ip VARCHAR(64) CHARACTER SET ascii NOT NULL,
  previous_at DATETIME(3) NULL,
  previous_ip VARCHAR(64) CHARACTER SET ascii NULL,
  PRIMARY KEY (user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

-- Which addresses and users have attempts in a run of login_log, as a Bloom filter (class SubjectFilter): who looks for attempts of one
-- of them skips the runs that hold none. There is no index by address or user, which would cost the flush random writes.
-- Runs follow each other without a gap; the newest attempts are in none yet.
CREATE TABLE IF NOT EXISTS log_filters (
  up_to BIGINT NOT NULL COMMENT 'the last id of the run',
  above BIGINT NOT NULL COMMENT 'the last id of the run before',
  subjects MEDIUMBLOB NOT NULL,
  PRIMARY KEY (up_to)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4;

-- One row. watermark: the highest login_log.id that the flush has written; whoever flushes or repairs locks this row.
-- pruned: attempts up to this id were taken out of login_log.
-- counted: the highest login_log.id that the state tables cover; NULL for all up to the watermark.
-- generation: must equal the one in Redis, or Redis does not belong to this history; '' while the stores are being replaced.
CREATE TABLE IF NOT EXISTS service_state (
  id TINYINT NOT NULL,
  watermark BIGINT NOT NULL,
  counted BIGINT NULL,
  pruned BIGINT NOT NULL DEFAULT 0,
  generation VARCHAR(64) CHARACTER SET ascii NOT NULL,
  format INT NOT NULL DEFAULT 1 COMMENT 'version of what both stores hold',
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

-- The instances of the service that accept attempts: after a loss inside Redis each is asked what it remembers.
CREATE TABLE IF NOT EXISTS instances (
  name VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'host and address of the listener',
  incarnation CHAR(36) CHARACTER SET ascii NOT NULL COMMENT 'of the process that goes by that name',
  PRIMARY KEY (name)
) ENGINE=InnoDB DEFAULT CHARSET=ascii;

-- Queue rows that could not be read as an attempt, or that MySQL refused, byte for byte, so that they block nothing and are not
-- lost. One with an attempt is a loss: it was answered, and the log lacks it.
CREATE TABLE IF NOT EXISTS quarantine (
  digest CHAR(64) CHARACTER SET ascii NOT NULL COMMENT 'hex SHA-256 of the row',
  found_at DATETIME(3) NOT NULL COMMENT 'UTC',
  attempt BIGINT NULL COMMENT 'number of the answered attempt that the log lacks',
  reason VARCHAR(255) CHARACTER SET utf8mb4 NOT NULL,
  queue_row MEDIUMBLOB NOT NULL,
  PRIMARY KEY (digest)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
