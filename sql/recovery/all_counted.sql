UPDATE service_state SET counted = NULL WHERE id = 1
