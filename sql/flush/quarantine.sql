-- The same row found again, after a crash between commit and trim, is the same entry.
INSERT INTO quarantine (digest, found_at, attempt, reason, queue_row) VALUES (?, UTC_TIMESTAMP(3), ?, ?, ?)
ON DUPLICATE KEY UPDATE attempt = COALESCE(VALUES(attempt), attempt), reason = VALUES(reason)
