SELECT user_id, last_at, last_ip, previous_at, previous_ip FROM last_logins WHERE user_id > ? ORDER BY user_id LIMIT ?
