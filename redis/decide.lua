-- Decides, counts and records login attempts, in the order given, as one atomic step (SPEC.md section 1).
-- This is the text that decides in production; login/Rules.java and login/Counters.java state the same for readers and tests.
--
-- KEYS  1 state     hash: generation, sequence
--       2 addresses hash: address -> failures since the last success or pardon, and 2^40 more while an operator bans it
--       3 users     hash: user id -> the same, while an operator locks the user
--       4 logins    hash: user id -> "millis address[ millis address]", newest success first
--       5 queue     list: attempts that wait for MySQL, oldest first
-- ARGV  1 epoch that the caller was admitted to
--       2 user lock threshold
--       3 ip ban threshold
--       4 the highest number that the caller was given under it, 0 for none
--       5 a character for each attempt: the sum of 1 if the password matches and 2 if the address is on the allow-list
--       then for each attempt: user id ('' for an unknown name), address, name
-- Returns one letter for each attempt, a tab, the first sequence number, a tab, milliseconds since 1970. The letters: S success,
-- W wrong, L locked, B banned, X not decided and not recorded, as what is stored of its address or user is not what this
-- service writes. Or the error EPOCH when Redis does not hold the history that the caller was admitted to (emptied, restored,
-- replaced or being rebuilt), BEHIND when its number is lower than one that it gave before, or SEQUENCE.
--
-- A run changes everything or nothing. Attempts that all fail for sure go the short way: they are counted at once. Where that does
-- not work, what was counted is undone, and they go the long way, as all others do: counters are read in two calls, which
-- checks types too, and written in a few at the end; the first write is one that Redis refuses when it is out of memory or
-- cannot persist.

local call, pcall = redis.call, redis.pcall
-- Whole numbers are written by format: Lua's own conversion, as of a fraction, is several times slower.
local format = string.format
-- Lua counts in floating point: from 2^53 on, two attempts would get the same number.
local top = 9007199254740991

local state = call('HMGET', KEYS[1], 'generation', 'sequence')
if state[1] ~= ARGV[1] then
  return redis.error_reply('EPOCH Redis does not hold the history that this instance was admitted to')
end
local sequence = tonumber(state[2])
local passwords = ARGV[5]
local count = #passwords
if not sequence or sequence + count > top then
  local found = state[2] or 'missing'
  return redis.error_reply('SEQUENCE number ' .. found .. ' in ' .. KEYS[1] .. ' cannot be counted on')
end
if sequence < tonumber(ARGV[4]) then
  return redis.error_reply('BEHIND Redis was set back to number ' .. state[2] .. ': it gave ' .. ARGV[4] .. ' before')
end

-- The rule itself: the outcome, given what was counted before the attempt.
local user_lock, ip_ban = tonumber(ARGV[2]), tonumber(ARGV[3])
local function outcome(by_address, by_user, right, allowed)
  if by_address >= ip_ban and not allowed then
    return 'B'
  end
  if by_user >= user_lock then
    return 'L'
  end
  return right and 'S' or 'W'
end

local time = call('TIME')
local millis = format('%d', time[1] * 1000 + (time[2] - time[2] % 1000) / 1000)

local first = format('%d', sequence + 1)
-- What a queue row holds between its number and the user.
local failure = '\t' .. millis .. '\t0\t'

if not string.find(passwords, '[^0]') then
  -- How many attempts have been counted; half of one where its address has, and its user has not.
  local counted, decided = 0, 0
  -- One attempt alone needs no tables, which would cost as much as a call.
  local row, rows, letter, letters
  if count > 1 then
    rows, letters = {}, {}
  end
  for i = 1, count do
    local user, address = ARGV[i * 3 + 3], ARGV[i * 3 + 4]
    local by_address, by_user = pcall('HINCRBY', KEYS[2], address, '1'), 1
    if type(by_address) ~= 'number' then
      break
    end
    counted = i - 0.5
    if user ~= '' then
      by_user = pcall('HINCRBY', KEYS[3], user, '1')
      if type(by_user) ~= 'number' then
        break
      end
    end
    counted = i
    -- Redis refuses to count what is no whole number; neither is what is negative or too great a counter.
    if by_address < 1 or by_address > top or by_user < 1 or by_user > top then
      break
    end
    letter = outcome(by_address - 1, by_user - 1, false, false)
    if rows then
      letters[i] = letter
      rows[i] = format('%d', sequence + i) .. failure .. user .. '\t' .. address .. '\t' .. ARGV[i * 3 + 5]
    else
      row = first .. failure .. user .. '\t' .. address .. '\t' .. ARGV[8]
    end
    decided = i
  end
  if decided == count then
    if rows then
      if type(pcall('RPUSH', KEYS[5], unpack(rows))) == 'number' then
        call('HSET', KEYS[1], 'sequence', format('%d', sequence + count))
        return table.concat(letters) .. '\t' .. first .. '\t' .. millis
      end
    elseif type(pcall('RPUSH', KEYS[5], row)) == 'number' then
      call('HSET', KEYS[1], 'sequence', first)
      return letter .. '\t' .. first .. '\t' .. millis
    end
  end
  local function uncount(key, field)
    if call('HINCRBY', key, field, '-1') == 0 then
      call('HDEL', key, field)
    end
  end
  for i = 1, math.ceil(counted) do
    local user = ARGV[i * 3 + 3]
    uncount(KEYS[2], ARGV[i * 3 + 4])
    if user ~= '' and i <= counted then
      uncount(KEYS[3], user)
    end
  end
end

local addresses, users = {}, {}
for i = 1, count do
  addresses[i] = ARGV[i * 3 + 4]
  local user = ARGV[i * 3 + 3]
  if user ~= '' then
    users[#users + 1] = user
  end
end

local function read(key, fields)
  local values = {}
  if #fields > 0 then
    local stored = call('HMGET', key, unpack(fields))
    for i = 1, #fields do
      local value = stored[i]
      if value then
        value = tonumber(value)
        -- Nor are fractions, negative and infinite numbers counters, nor what Lua reads as 'not a number'.
        if not value or not (value >= 0 and value < top) or value % 1 ~= 0 then
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

call('LLEN', KEYS[5]) -- fails where the queue is of another type
local address_failures, user_failures = read(KEYS[2], addresses), read(KEYS[3], users)
local logins = {}
local success = '\t' .. millis .. '\t1\t'
local rows, letters, decided = {}, {}, 0
-- What an operator's ban adds to a counter; a success does not end it: CounterChange.BARRED.
local barred = 1099511627776
local byte, zero = string.byte, string.byte('0')
for i = 1, count do
  local user, address, name = ARGV[i * 3 + 3], addresses[i], ARGV[i * 3 + 5]
  local known = user ~= ''
  local by_address, by_user = address_failures[address], 0
  if known then
    by_user = user_failures[user]
  end
  local letter, history = 'X', false
  if by_address and by_user then
    local flags = byte(passwords, i) - zero
    letter = outcome(by_address, by_user, known and flags % 2 == 1, flags >= 2)
    if letter == 'S' then
      history = logins[user] or call('HGET', KEYS[4], user)
      if history then
        history = string.match(history, '^%d+ %S+')
        letter = history and 'S' or 'X'
      end
    end
  end
  letters[i] = letter
  if letter == 'S' then
    address_failures[address] = by_address >= barred and barred or 0
    user_failures[user] = 0
    local newest = millis .. ' ' .. address
    logins[user] = history and newest .. ' ' .. history or newest
    decided = decided + 1
    rows[decided] = format('%d', sequence + decided) .. success .. user .. '\t' .. address .. '\t' .. name
  elseif letter ~= 'X' then
    address_failures[address] = by_address + 1
    if known then
      user_failures[user] = by_user + 1
    end
    decided = decided + 1
    rows[decided] = format('%d', sequence + decided) .. failure .. user .. '\t' .. address .. '\t' .. name
  end
end

local reply = table.concat(letters) .. '\t' .. first .. '\t' .. millis
if decided == 0 then
  return reply
end
call('HSET', KEYS[1], 'sequence', format('%d', sequence + decided))
call('RPUSH', KEYS[5], unpack(rows))

local function write(key, values)
  local changed, cleared, last = {}, {}, 0
  for field, value in pairs(values) do
    if value == 0 then
      -- Also what was zero before, as of an attempt that was not decided: such a field is not there.
      cleared[#cleared + 1] = field
    elseif value then
      changed[last + 1] = field
      last = last + 2
      changed[last] = format('%d', value)
    end
  end
  if last > 0 then
    call('HSET', key, unpack(changed))
  end
  if #cleared > 0 then
    call('HDEL', key, unpack(cleared))
  end
end

write(KEYS[2], address_failures)
write(KEYS[3], user_failures)
for user, history in pairs(logins) do
  call('HSET', KEYS[4], user, history)
end

return reply
