-- Decides, counts and records login attempts, in the order given, as one atomic step (SPEC.md section 1).
--
-- KEYS  1 state     hash: generation, sequence, directory
--       2 addresses hash: address -> failures since the last success
--       3 users     hash: user id -> failures since the last success
--       4 logins    hash: user id -> "millis address[ millis address]", newest success first
--       5 queue     list: attempts that wait for MySQL, oldest first
-- ARGV  1 generation that the caller was admitted to
--       2 user lock threshold
--       3 ip ban threshold
--       then for each attempt: address, user id ('' for an unknown name), '1' if the password matches, name as typed
-- Returns { first sequence number, length of the queue, version of the user directory, one letter for each attempt:
--           S success, W wrong, L locked, B banned }, or the error GENERATION when Redis does not hold the history that
--           the caller was admitted to (emptied, restored, replaced or being rebuilt), or SEQUENCE.
--
-- Counters are read in two calls and written in a few at the end, so that an attempt in a batch costs little more than
-- its share of Lua. Types are checked by reading before anything is written, and the first write is one that Redis
-- refuses when it is out of memory or cannot persist: a run changes everything or nothing.

local state = redis.call('HMGET', KEYS[1], 'generation', 'sequence', 'directory')
if not state[1] or state[1] ~= ARGV[1] then
  return redis.error_reply('GENERATION Redis does not hold the history that this instance was admitted to')
end
local sequence = tonumber(state[2])
local count = (#ARGV - 3) / 4
-- Lua counts in floating point: from 2^53 on, two attempts would get the same number.
if not sequence or sequence + count > 9007199254740991 then
  local found = state[2] or 'missing'
  return redis.error_reply('SEQUENCE number ' .. found .. ' in ' .. KEYS[1] .. ' cannot be counted on')
end
local queued = redis.call('LLEN', KEYS[5])
local user_lock, ip_ban = tonumber(ARGV[2]), tonumber(ARGV[3])

local addresses, users = {}, {}
for i = 1, count do
  local base = i * 4
  addresses[i] = ARGV[base]
  if ARGV[base + 1] ~= '' then
    users[#users + 1] = ARGV[base + 1]
  end
end

local function read(key, fields)
  local values = {}
  if #fields > 0 then
    local stored = redis.call('HMGET', key, unpack(fields))
    for i = 1, #fields do
      values[fields[i]] = tonumber(stored[i] or 0)
    end
  end
  return values
end

local address_failures = read(KEYS[2], addresses)
local user_failures = read(KEYS[3], users)
local logins = {}

local time = redis.call('TIME')
local now = time[1] .. string.sub(string.format('%06d', time[2]), 1, 3)

local outcomes, rows = {}, {}
for i = 1, count do
  local base = i * 4
  local address, user = ARGV[base], ARGV[base + 1]
  local known = user ~= ''
  local succeeded = '0'
  if address_failures[address] >= ip_ban then
    outcomes[i] = 'B'
  elseif known and user_failures[user] >= user_lock then
    outcomes[i] = 'L'
  elseif known and ARGV[base + 2] == '1' then
    outcomes[i] = 'S'
    succeeded = '1'
  else
    outcomes[i] = 'W'
  end
  if succeeded == '1' then
    address_failures[address] = 0
    user_failures[user] = 0
    local history = logins[user] or redis.call('HGET', KEYS[4], user)
    local newest = now .. ' ' .. address
    logins[user] = history and newest .. ' ' .. string.match(history, '^%S+ %S+') or newest
  else
    address_failures[address] = address_failures[address] + 1
    if known then
      user_failures[user] = user_failures[user] + 1
    end
  end
  rows[i] = string.format('%.0f', sequence + i) .. '\t' .. now .. '\t' .. user .. '\t' .. succeeded .. '\t'
      .. address .. '\t' .. ARGV[base + 3]
end

redis.call('HSET', KEYS[1], 'sequence', string.format('%.0f', sequence + count))
redis.call('RPUSH', KEYS[5], unpack(rows))

local function write(key, values)
  local changed, cleared = {}, {}
  for field, value in pairs(values) do
    if value == 0 then
      cleared[#cleared + 1] = field
    else
      changed[#changed + 1] = field
      changed[#changed + 1] = value
    end
  end
  if #changed > 0 then
    redis.call('HSET', key, unpack(changed))
  end
  if #cleared > 0 then
    redis.call('HDEL', key, unpack(cleared))
  end
end

write(KEYS[2], address_failures)
write(KEYS[3], user_failures)
for user, history in pairs(logins) do
  redis.call('HSET', KEYS[4], user, history)
end

return { sequence + 1, queued + count, state[3] or '', table.concat(outcomes) }
