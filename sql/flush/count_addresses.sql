-- One JSON array: [[ip, 1 if a success came first, failures after it], …].
INSERT INTO address_failures (ip, failures)
SELECT j.ip, j.failures
FROM JSON_TABLE(?, '$[*]' COLUMNS (
  ip VARCHAR(64) CHARACTER SET ascii PATH '$[0]',
  succeeded TINYINT PATH '$[1]',
  failures BIGINT PATH '$[2]'
)) AS j
ON DUPLICATE KEY UPDATE failures = IF(j.succeeded, j.failures, address_failures.failures + j.failures)
