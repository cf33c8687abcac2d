SELECT ip, failures FROM address_failures WHERE ip > ? ORDER BY ip LIMIT ?
