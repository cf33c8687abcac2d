-- The state tables are made anew from the whole log after this.
UPDATE service_state SET watermark = ?, counted = NULL WHERE id = 1
