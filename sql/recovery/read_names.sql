SELECT id, login FROM users WHERE id > ? ORDER BY id LIMIT ?
