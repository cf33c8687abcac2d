-- Not TRUNCATE, which would commit.
DELETE FROM address_failures;
DELETE FROM user_failures;
DELETE FROM last_logins;
