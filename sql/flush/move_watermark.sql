UPDATE service_state SET watermark = ? WHERE id = 1 AND watermark = ?
