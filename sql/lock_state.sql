-- Whoever flushes, counts, repairs or replaces the stores holds this row until it commits.
SELECT watermark, counted, generation, format FROM service_state WHERE id = 1 FOR UPDATE
