SELECT id, created_at, user_id, login, ip, succeeded FROM login_log WHERE id > ? AND id <= ? ORDER BY id LIMIT ?
