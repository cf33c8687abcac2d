-- Shuts the door: from here on decide.lua refuses every attempt, until a repair publishes a new generation. Counters that were
-- paused are not to be put in force again either.
--
-- KEYS  1 state
-- Returns 1 if the door was shut by this call.

redis.call('HDEL', KEYS[1], 'paused')
return redis.call('HDEL', KEYS[1], 'generation')
