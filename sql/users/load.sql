SELECT id, login, password_hash, salt FROM users
