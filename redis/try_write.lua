-- Changes nothing, by a write: Redis refuses it for as long as it would refuse an attempt's (out of memory, disk full, a replica).
--
-- KEYS  1 state
-- Returns the sequence number.

local sequence = redis.call('HGET', KEYS[1], 'sequence')
redis.call('HSET', KEYS[1], 'sequence', sequence)
return sequence
