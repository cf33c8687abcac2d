-- TRUNCATE commits each time: the epoch in service_state is empty meanwhile, so that nobody uses what is half done.
TRUNCATE TABLE login_log;
TRUNCATE TABLE address_failures;
TRUNCATE TABLE user_failures;
TRUNCATE TABLE last_logins;
TRUNCATE TABLE quarantine;
