SELECT watermark, counted, generation, format FROM service_state WHERE id = 1
