-- Those that add_users.sql has added.
DELETE FROM users WHERE id > 200000
