SELECT watermark, counted, generation FROM service_state WHERE id = 1
