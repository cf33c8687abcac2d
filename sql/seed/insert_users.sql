-- One JSON array: [[id, login, password_hash, salt], …].
INSERT INTO users (id, login, password_hash, salt)
SELECT j.id, j.login, j.password_hash, j.salt
FROM JSON_TABLE(?, '$[*]' COLUMNS (
  id BIGINT PATH '$[0]',
  login VARCHAR(255) CHARACTER SET utf8mb4 PATH '$[1]',
  password_hash CHAR(64) CHARACTER SET ascii PATH '$[2]',
  salt VARCHAR(255) CHARACTER SET utf8mb4 PATH '$[3]'
)) AS j
