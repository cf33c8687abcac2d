-- Writes counters that are being rebuilt, beside those in force. A process that was stopped meanwhile must not write among those of
-- another, which has begun since.
--
-- KEYS  1 state, 2 one of the hashes of rebuilt counters
-- ARGV  1 token of the call of close.lua that the rebuild began with, then fields and values in turn
-- Returns how many fields there are now, or the error LATE.

if redis.call('HGET', KEYS[1], 'rebuild') ~= ARGV[1] then
  return redis.error_reply('LATE another process makes the counters anew')
end
-- Lua's stack takes some thousands at once.
for from = 2, #ARGV, 4000 do
  redis.call('HSET', KEYS[2], unpack(ARGV, from, math.min(from + 3999, #ARGV)))
end
return redis.call('HLEN', KEYS[2])
