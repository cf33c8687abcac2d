UPDATE service_state SET watermark = ?, generation = ? WHERE id = 1
