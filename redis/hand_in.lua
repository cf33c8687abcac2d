-- Takes attempts that an instance answered and Redis lost, for the repair under way.
--
-- KEYS  1 state, 2 lost, 3 present
-- ARGV  1 name of the instance, 2 its answer at the recovery barrier when these are its last rows, else '', then the rows
-- Returns how many rows were delivered, or -1 when attempts are accepted again: then the recovery barrier is over.

if redis.call('HEXISTS', KEYS[1], 'generation') == 1 then
  return -1
end
-- This first: when Redis is out of memory, it is only its first write that it refuses a script.
redis.call('HDEL', KEYS[3], ARGV[1])
for i = 3, #ARGV do
  redis.call('RPUSH', KEYS[2], ARGV[i])
end
if ARGV[2] ~= '' then
  redis.call('HSET', KEYS[3], ARGV[1], ARGV[2])
end
return redis.call('LLEN', KEYS[2])
