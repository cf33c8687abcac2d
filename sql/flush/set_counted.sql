UPDATE service_state SET counted = ? WHERE id = 1 AND counted = ?
