-- Notes that an instance runs and what it serves, by the clock of Redis, which is one for all instances.
--
-- KEYS  1 instances
-- ARGV  1 name of the instance, 2 epoch under which all its event loops accept attempts, '' for none

local time = redis.call('TIME')
redis.call('HSET', KEYS[1], ARGV[1], time[1] .. string.sub(string.format('%06d', time[2]), 1, 3) .. ' ' .. ARGV[2])
return 1
