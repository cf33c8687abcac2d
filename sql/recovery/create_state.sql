INSERT INTO service_state (id, watermark, generation) VALUES (1, 0, ?)
