SELECT attempt, reason FROM quarantine WHERE attempt IS NOT NULL ORDER BY attempt
