-- Assignments run from left to right: what was counted stays what it was.
UPDATE service_state SET counted = COALESCE(counted, watermark), watermark = ? WHERE id = 1 AND watermark = ?
