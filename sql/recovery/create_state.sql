INSERT INTO service_state (id, watermark, generation, format) VALUES (1, 0, ?, ?)
