-- From here until an epoch is set, no instance flushes or accepts attempts. Waits for a flush under way.
INSERT INTO service_state (id, watermark, generation) VALUES (1, 0, '') ON DUPLICATE KEY UPDATE generation = ''
