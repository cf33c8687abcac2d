-- Those of the service's tables that init empties, as far as they are there.
SELECT table_name AS name FROM information_schema.tables
WHERE table_schema = DATABASE()
  AND table_name IN ('users', 'login_log', 'address_failures', 'user_failures', 'last_logins', 'quarantine', 'service_state')
