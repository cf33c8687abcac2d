-- Opens the epoch fence again after a recovery barrier in which nobody missed an attempt.
--
-- KEYS  1 state, 2 lost, 3 present
-- ARGV  1 epoch that was paused, 2 run_id of this Redis, 3 new epoch
-- Returns 1, or the error PAUSED when another epoch was paused, or none: then the counters must be made anew; or the error
-- LATE when this is another Redis than the one whose instances have answered, by the time that the call arrives.

if redis.call('HGET', KEYS[1], 'paused') ~= ARGV[1] then
  return redis.error_reply('PAUSED Redis does not hold the counters that are to be put in force again')
end
if not string.find(redis.call('INFO', 'server'), 'run_id:' .. string.match(ARGV[2], '^[^/]*'), 1, true) then
  return redis.error_reply('LATE Redis was restarted after the recovery barrier')
end
-- These first: when Redis is out of memory, it is only its first write that it refuses a script.
redis.call('HDEL', KEYS[1], 'paused', 'kept')
redis.call('DEL', KEYS[2], KEYS[3])
redis.call('HSET', KEYS[1], 'generation', ARGV[3], 'run_id', ARGV[2])
return 1
