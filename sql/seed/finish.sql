-- Not where another process has put its data in force meanwhile.
UPDATE service_state SET watermark = ?, counted = NULL, generation = ?, format = ? WHERE id = 1 AND generation = ''
