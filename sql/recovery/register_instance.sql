INSERT INTO instances (name, incarnation) VALUES (?, ?) ON DUPLICATE KEY UPDATE incarnation = VALUES(incarnation)
