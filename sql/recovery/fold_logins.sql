INSERT INTO last_logins (user_id, last_at, last_ip, previous_at, previous_ip)
SELECT newest.user_id, newest.created_at, newest.ip, previous.created_at, previous.ip
FROM (
  SELECT user_id, MAX(CASE WHEN place = 1 THEN id END) AS newest_id, MAX(CASE WHEN place = 2 THEN id END) AS previous_id
  FROM (
    SELECT user_id, id, ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY id DESC) AS place
    FROM login_log
    WHERE succeeded = 1 AND user_id IS NOT NULL
  ) AS placed
  WHERE place <= 2
  GROUP BY user_id
) AS ids
JOIN login_log AS newest ON newest.id = ids.newest_id
LEFT JOIN login_log AS previous ON previous.id = ids.previous_id
