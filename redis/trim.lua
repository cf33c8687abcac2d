-- Removes from the queue's head what MySQL has, by sequence number: removing by count would lose rows when two flushes
-- overlap.
--
-- KEYS  1 queue, 2 state
-- ARGV  1 watermark: the highest sequence number in MySQL
--       2 how many rows to remove by their number: attempts wait while a script runs; a multiple of 1000
--       3 the number of the row that was removed last by the call before, 0 for none
--       4 and 5 how many rows a flush read that are all to be removed, and the last one of them; 0 and '' where that is not so
--       6 epoch that Redis held when they were read, '' for none
--       then rows that are malformed or out of order, byte for byte, which the flush has dealt with
-- Returns { number of rows removed by their number, number of the last one of them }; nothing is done under another epoch:
-- its numbers may be those of other attempts, if this call comes late.
--
-- What MySQL has is remembered, so that a MySQL which was put back to an older backup is told from one that is behind.
--
-- Numbers rise along the queue. A row that breaks the order is no attempt that decide.lua queued: it stays until a
-- flush has looked at it. So does a row of a newer format version than 2.

if (redis.call('HGET', KEYS[2], 'generation') or '') ~= ARGV[6] then
  return { 0, 0 }
end
local watermark = tonumber(ARGV[1])
local most = tonumber(ARGV[2])
local last = tonumber(ARGV[3])
if watermark > (tonumber(redis.call('HGET', KEYS[2], 'flushed') or 0) or 0) then
  -- Redis may be out of memory, and then it is the trimming that matters.
  redis.pcall('HSET', KEYS[2], 'flushed', ARGV[1])
end
for i = 7, #ARGV do
  redis.call('LREM', KEYS[1], 1, ARGV[i])
end

-- Rows are only ever removed and put at the end. So where an attempt, which is there once, is still in the place where the
-- flush read it, nothing came between the rows before it.
local read = tonumber(ARGV[4])
if read > 0 and redis.call('LINDEX', KEYS[1], read - 1) == ARGV[5] then
  redis.call('LTRIM', KEYS[1], read, -1)
  return { 0, 0 }
end

local removed = 0
while removed < most do
  local head = redis.call('LRANGE', KEYS[1], 0, 999)
  local covered = 0
  for i = 1, #head do
    local sequence = tonumber(string.match(head[i], '^(%d+)\t') or string.match(head[i], '^v2\t(%d+)\t') or '')
    if not sequence or sequence <= last or sequence > watermark then
      break
    end
    last = sequence
    covered = i
  end
  if covered == 0 then
    break
  end
  redis.call('LTRIM', KEYS[1], covered, -1)
  removed = removed + covered
end
return { removed, last }
