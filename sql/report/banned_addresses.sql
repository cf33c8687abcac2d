SELECT ip FROM address_failures WHERE failures >= ?
