SELECT format FROM service_state WHERE id = 1
