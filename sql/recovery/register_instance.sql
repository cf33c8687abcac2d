INSERT IGNORE INTO instances (name) VALUES (?)
