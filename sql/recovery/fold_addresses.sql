INSERT INTO address_failures (ip, failures)
SELECT l.ip, COUNT(*)
FROM login_log AS l
LEFT JOIN (SELECT ip, MAX(id) AS id FROM login_log WHERE succeeded = 1 GROUP BY ip) AS s ON s.ip = l.ip
WHERE l.succeeded = 0 AND (s.id IS NULL OR l.id > s.id)
GROUP BY l.ip
