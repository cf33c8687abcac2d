UPDATE service_state SET watermark = ?, counted = NULL, generation = ? WHERE id = 1
