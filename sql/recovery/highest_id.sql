SELECT COALESCE(MAX(id), 0) AS highest FROM login_log
