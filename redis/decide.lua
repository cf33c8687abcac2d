-- Decides, counts and records login attempts, in the order given, as one atomic step (SPEC.md section 1).
-- This is the text that decides in production; login/Rules.java and login/Counters.java state the same for readers and tests.
--
-- KEYS  1 state     hash: generation, sequence, directory
--       2 addresses hash: address -> failures since the last success
--       3 users     hash: user id -> failures since the last success
--       4 logins    hash: user id -> "millis address[ millis address]", newest success first
--       5 queue     list: attempts that wait for MySQL, oldest first
-- ARGV  1 epoch that the caller was admitted to
--       2 user lock threshold
--       3 ip ban threshold
--       4 the highest number that the caller was given under it, 0 for none
--       5 a character for each attempt: '1' if the password matches
--       then for each attempt: address, user id ('' for an unknown name), end of its queue row (user id, address, name)
-- Returns { first sequence number, length of the queue, version of the user directory, one letter for each attempt:
--           S success, W wrong, L locked, B banned, X not decided and not recorded, as what is stored of its address or user is
--           not what this service writes; milliseconds since 1970 }, or the error EPOCH when Redis does not hold the history that
--           the caller was admitted to (emptied, restored, replaced or being rebuilt), or BEHIND when its number is lower than one
--           that it gave before, or SEQUENCE.
--
-- Counters are read in two calls and written in a few at the end, so that an attempt in a batch costs little more than
-- its share of Lua. Types are checked by reading before anything is written, and the first write is one that Redis
-- refuses when it is out of memory or cannot persist: a run changes everything or nothing.

local state = redis.call('HMGET', KEYS[1], 'generation', 'sequence', 'directory')
if not state[1] or state[1] ~= ARGV[1] then
  return redis.error_reply('EPOCH Redis does not hold the history that this instance was admitted to')
end
local sequence = tonumber(state[2])
local passwords = ARGV[5]
local count = #passwords
-- Lua counts in floating point: from 2^53 on, two attempts would get the same number.
if not sequence or sequence + count > 9007199254740991 then
  local found = state[2] or 'missing'
  return redis.error_reply('SEQUENCE number ' .. found .. ' in ' .. KEYS[1] .. ' cannot be counted on')
end
if sequence < tonumber(ARGV[4]) then
  return redis.error_reply('BEHIND Redis was set back to number ' .. state[2] .. ': it gave ' .. ARGV[4] .. ' before')
end
local queued = redis.call('LLEN', KEYS[5])
local user_lock, ip_ban = tonumber(ARGV[2]), tonumber(ARGV[3])

local addresses, users = {}, {}
for i = 1, count do
  addresses[i] = ARGV[i * 3 + 3]
  local user = ARGV[i * 3 + 4]
  if user ~= '' then
    users[#users + 1] = user
  end
end

local function read(key, fields)
  local values = {}
  if #fields > 0 then
    local stored = redis.call('HMGET', key, unpack(fields))
    for i = 1, #fields do
      local value = stored[i]
      if value then
        value = tonumber(value)
        -- Nor are fractions, negative and infinite numbers counters, nor what Lua reads as 'not a number'.
        if not value or not (value >= 0 and value < 9007199254740991) or value % 1 ~= 0 then
          value = false
        end
      else
        value = 0
      end
      values[fields[i]] = value
    end
  end
  return values
end

local address_failures = read(KEYS[2], addresses)
local user_failures = read(KEYS[3], users)
local logins = {}

local time = redis.call('TIME')
local now = time[1] .. string.sub(string.format('%06d', time[2]), 1, 3)
local failure, success = '\t' .. now .. '\t0\t', '\t' .. now .. '\t1\t'

local outcomes, rows, decided = {}, {}, 0
-- Whole numbers are written by format: Lua's own conversion, as of a fraction, is several times slower.
local format, byte, right = string.format, string.byte, string.byte('1')
for i = 1, count do
  local address, user, row = addresses[i], ARGV[i * 3 + 4], ARGV[i * 3 + 5]
  local known = user ~= ''
  local by_address = address_failures[address]
  local by_user = 0
  if known then
    by_user = user_failures[user]
  end
  local outcome, history
  if not by_address or not by_user then
    outcome = 'X'
  elseif by_address >= ip_ban then
    outcome = 'B'
  elseif by_user >= user_lock then
    outcome = 'L'
  elseif known and byte(passwords, i) == right then
    outcome = 'S'
    history = logins[user] or redis.call('HGET', KEYS[4], user)
    if history then
      history = string.match(history, '^%d+ %S+')
      if not history then
        outcome = 'X'
      end
    end
  else
    outcome = 'W'
  end
  outcomes[i] = outcome
  if outcome == 'S' then
    address_failures[address] = 0
    user_failures[user] = 0
    local newest = now .. ' ' .. address
    logins[user] = history and newest .. ' ' .. history or newest
    decided = decided + 1
    rows[decided] = format('%d', sequence + decided) .. success .. row
  elseif outcome ~= 'X' then
    address_failures[address] = by_address + 1
    if known then
      user_failures[user] = by_user + 1
    end
    decided = decided + 1
    rows[decided] = format('%d', sequence + decided) .. failure .. row
  end
end

if decided == 0 then
  return { sequence + 1, queued, state[3] or '', table.concat(outcomes), now }
end
redis.call('HSET', KEYS[1], 'sequence', format('%d', sequence + decided))
redis.call('RPUSH', KEYS[5], unpack(rows))

local function write(key, values)
  local changed, cleared = {}, {}
  for field, value in pairs(values) do
    if value == 0 then
      -- Also what was zero before, as of an attempt that was not decided: such a field is not there.
      cleared[#cleared + 1] = field
    elseif value then
      local last = #changed
      changed[last + 1] = field
      changed[last + 2] = format('%d', value)
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

return { sequence + 1, queued + decided, state[3] or '', table.concat(outcomes), now }
