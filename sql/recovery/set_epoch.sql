UPDATE service_state SET generation = ?, format = ? WHERE id = 1
