INSERT INTO user_failures (user_id, failures)
SELECT l.user_id, COUNT(*)
FROM login_log AS l
LEFT JOIN (SELECT user_id, MAX(id) AS id FROM login_log WHERE succeeded = 1 GROUP BY user_id) AS s ON s.user_id = l.user_id
WHERE l.succeeded = 0 AND l.user_id IS NOT NULL AND (s.id IS NULL OR l.id > s.id)
GROUP BY l.user_id
