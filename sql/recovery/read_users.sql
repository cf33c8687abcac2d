SELECT user_id, failures FROM user_failures WHERE user_id > ? ORDER BY user_id LIMIT ?
