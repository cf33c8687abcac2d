UPDATE service_state SET generation = ? WHERE id = 1
