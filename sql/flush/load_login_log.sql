-- The file that the client sends; columns as in it. What the text means does not depend on the server's sql_mode.
LOAD DATA LOCAL INFILE ? INTO TABLE login_log CHARACTER SET utf8mb4
FIELDS TERMINATED BY X'09' ESCAPED BY X'5C' LINES TERMINATED BY X'0A'
(id, created_at, user_id, login, ip, succeeded)
