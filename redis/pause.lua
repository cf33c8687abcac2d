-- Closes the epoch fence for a recovery barrier, unless somebody changed the state meanwhile. Which epoch the counters belong to is kept:
-- if nobody misses an attempt, they are put in force again as they are.
--
-- KEYS  1 state
-- ARGV  1 epoch that the caller saw, 2 run_id that it saw; '' where there was none
-- Returns 1 if the epoch fence was closed by this call.

local seen = redis.call('HMGET', KEYS[1], 'generation', 'run_id')
if not seen[1] or seen[1] ~= ARGV[1] or (seen[2] or '') ~= ARGV[2] then
  return 0
end
-- This first: when Redis is out of memory, it is only its first write that it refuses a script.
redis.call('HDEL', KEYS[1], 'generation')
redis.call('HSET', KEYS[1], 'paused', seen[1])
return 1
