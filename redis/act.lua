-- Takes an operator's act, a pardon, a ban or a lock, as one atomic step: every attempt that is decided later sees it.
-- login/OperatorAct.java and login/CounterChange.java say what an act means.
--
-- KEYS  1 state, 2 counters of addresses or of users, 3 queue
-- ARGV  1 epoch that the caller was admitted to, 2 a number that Redis must not be behind, 3 run_id of the Redis that was checked
--       4 kind: pardon, ban or lock, 5 user id ('' for an address), 6 operator, 7 reason, 8 name of the user, or address
-- Returns the number of the act, a tab, milliseconds since 1970, a tab, the counter before it. Or an error: EPOCH, BEHIND and
-- SEQUENCE as decide.lua gives them, COUNTER when what is stored is not what this service writes.

local call = redis.call
local top = 9007199254740991
-- What a counter is higher by while an operator bars its subject: CounterChange.BARRED.
local barred = 1099511627776

local state = call('HMGET', KEYS[1], 'generation', 'sequence')
if state[1] ~= ARGV[1] or not string.find(call('INFO', 'server'), 'run_id:' .. string.match(ARGV[3], '^[^/]*'), 1, true) then
  return redis.error_reply('EPOCH Redis does not hold the history of MySQL, or its counters are being made anew')
end
local sequence = tonumber(state[2])
if not sequence or sequence + 1 > top then
  return redis.error_reply('SEQUENCE number ' .. (state[2] or 'missing') .. ' in ' .. KEYS[1] .. ' cannot be counted on')
end
if sequence < tonumber(ARGV[2]) then
  return redis.error_reply('BEHIND Redis was set back to number ' .. state[2] .. ': it gave ' .. ARGV[2] .. ' before')
end
local field = ARGV[5] ~= '' and ARGV[5] or ARGV[8]
local found = call('HGET', KEYS[2], field) or '0'
local counter = tonumber(found)
if not counter or not (counter >= 0 and counter < top) or counter % 1 ~= 0 then
  return redis.error_reply('COUNTER of ' .. field .. ' in ' .. KEYS[2] .. ' is no number of failures')
end
call('LLEN', KEYS[3]) -- fails where the queue is of another type

local time = call('TIME')
local millis = string.format('%d', time[1] * 1000 + (time[2] - time[2] % 1000) / 1000)
local number = string.format('%d', sequence + 1)
-- This first: when Redis is out of memory, it is only its first write that it refuses a script.
call('HSET', KEYS[1], 'sequence', number)
call('RPUSH', KEYS[3], table.concat({ 'v2', number, millis, ARGV[4], ARGV[5], ARGV[6], ARGV[7], ARGV[8] }, '\t'))
if ARGV[4] == 'pardon' then
  call('HDEL', KEYS[2], field)
elseif counter < barred then
  call('HSET', KEYS[2], field, string.format('%d', counter + barred))
end
return number .. '\t' .. millis .. '\t' .. found
