-- Closes the epoch fence: from here on decide.lua refuses every attempt, until a repair publishes a new epoch. Counters that were
-- paused are not to be put in force again either. Whoever shut it before and has not published yet is too late: what it writes from
-- here on is refused.
--
-- KEYS  1 state, then what is left of counters that were being rebuilt: 2 addresses, 3 users, 4 logins
-- ARGV  1 token of this call, which no other call has
-- Returns 1 if the epoch fence was closed by this call.

redis.call('HDEL', KEYS[1], 'paused')
redis.call('DEL', KEYS[2], KEYS[3], KEYS[4])
local shut = redis.call('HDEL', KEYS[1], 'generation')
redis.call('HSET', KEYS[1], 'rebuild', ARGV[1])
return shut
