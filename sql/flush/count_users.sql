-- One JSON array: [[user id, 1 if a success came first, failures after it], …].
INSERT INTO user_failures (user_id, failures)
SELECT j.user_id, j.failures
FROM JSON_TABLE(?, '$[*]' COLUMNS (
  user_id BIGINT PATH '$[0]',
  succeeded TINYINT PATH '$[1]',
  failures BIGINT PATH '$[2]'
)) AS j
ON DUPLICATE KEY UPDATE failures = IF(j.succeeded, j.failures, user_failures.failures + j.failures)
