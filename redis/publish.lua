-- Puts rebuilt counters in place of the present ones and opens the epoch fence under a new epoch, in one step.
--
-- KEYS  1 state, 2 addresses, 3 users, 4 logins, 5 queue, then the rebuilt 6 addresses, 7 users, 8 logins, 9 lost, 10 present
-- ARGV  1 new epoch, 2 watermark: what the rebuilt counters cover, 3 sequence number to go on above, 4 run_id of the Redis
--       that attempts may be accepted by without a recovery barrier, 5 token of the call of close.lua that the rebuild began with,
--       6 format version
-- Returns the sequence number in force, or an error when the queue still holds attempts that MySQL has not seen, when the epoch fence is open,
-- or when another process has begun to make the counters again.

if redis.call('LLEN', KEYS[5]) > 0 then
  return redis.error_reply('QUEUE is not empty: flush it before publishing')
end
if redis.call('HEXISTS', KEYS[1], 'generation') == 1 then
  return redis.error_reply('OPEN attempts are accepted; this call came too late')
end
if redis.call('HGET', KEYS[1], 'rebuild') ~= ARGV[5] then
  return redis.error_reply('LATE another process makes the counters anew')
end
for i = 2, 4 do
  if redis.call('EXISTS', KEYS[i + 4]) == 1 then
    redis.call('RENAME', KEYS[i + 4], KEYS[i])
  else
    redis.call('DEL', KEYS[i])
  end
end
local sequence = math.max(tonumber(redis.call('HGET', KEYS[1], 'sequence') or 0) or 0, tonumber(ARGV[2]), tonumber(ARGV[3]))
redis.call('HSET', KEYS[1], 'generation', ARGV[1], 'sequence', string.format('%.0f', sequence), 'flushed', ARGV[2],
  'run_id', ARGV[4], 'format', ARGV[6])
redis.call('HDEL', KEYS[1], 'paused', 'kept', 'rebuild')
redis.call('DEL', KEYS[9], KEYS[10])
return sequence
