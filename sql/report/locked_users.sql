SELECT u.login FROM user_failures AS f JOIN users AS u ON u.id = f.user_id WHERE f.failures >= ?
