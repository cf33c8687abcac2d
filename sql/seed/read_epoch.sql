SELECT generation FROM service_state WHERE id = 1 FOR UPDATE
