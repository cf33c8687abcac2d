-- Shuts the door: from here on decide.lua refuses every attempt, until a repair publishes a new generation.
--
-- KEYS  1 state
-- ARGV  1 generation to end; '' ends whichever there is
-- Returns 1 if the door was shut by this call.

local generation = redis.call('HGET', KEYS[1], 'generation')
if generation and (ARGV[1] == '' or ARGV[1] == generation) then
  return redis.call('HDEL', KEYS[1], 'generation')
end
return 0
