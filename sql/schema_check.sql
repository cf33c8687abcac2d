-- Fails where a table or a column is missing that the service uses.
SELECT id, login, password_hash, salt FROM users LIMIT 0;
SELECT id, created_at, user_id, login, ip, succeeded FROM login_log LIMIT 0;
SELECT ip, failures FROM address_failures LIMIT 0;
SELECT user_id, failures FROM user_failures LIMIT 0;
SELECT user_id, last_at, last_ip, previous_at, previous_ip FROM last_logins LIMIT 0;
SELECT id, watermark, counted, generation FROM service_state LIMIT 0;
SELECT name, incarnation FROM instances LIMIT 0;
SELECT digest, found_at, reason, queue_row FROM quarantine LIMIT 0;
