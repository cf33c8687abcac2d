SELECT attempt FROM quarantine WHERE attempt = ?
