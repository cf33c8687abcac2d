-- The row of service_state, and the instances that accept attempts.

-- name: lock_state
-- Whoever flushes, counts, repairs or replaces the stores holds this row until it commits.
SELECT watermark, counted, pruned, generation, format FROM service_state WHERE id = 1 FOR UPDATE

-- name: read_state
SELECT watermark, counted, pruned, generation, format FROM service_state WHERE id = 1

-- name: create_state
INSERT INTO service_state (id, watermark, generation, format) VALUES (1, 0, ?, ?)

-- name: set_epoch
UPDATE service_state SET generation = ?, format = ? WHERE id = 1

-- name: highest_id
-- Of attempts and acts. What was pruned counts as there.
SELECT GREATEST(
  (SELECT COALESCE(MAX(id), 0) FROM login_log),
  (SELECT COALESCE(MAX(id), 0) FROM operator_events),
  (SELECT COALESCE(MAX(pruned), 0) FROM service_state)) AS highest

-- name: cover_log
-- The state tables are made anew from the whole log after this.
UPDATE service_state SET watermark = ?, counted = NULL WHERE id = 1

-- name: register_instance
INSERT INTO instances (name, incarnation) VALUES (?, ?) ON DUPLICATE KEY UPDATE incarnation = VALUES(incarnation)

-- name: read_instances
SELECT name FROM instances

-- name: remove_instance
DELETE FROM instances WHERE name = ?

-- name: leave
DELETE FROM instances WHERE name = ? AND incarnation = ?
