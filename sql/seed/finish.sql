UPDATE service_state SET watermark = ?, counted = NULL, generation = ?, format = ? WHERE id = 1
