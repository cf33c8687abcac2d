-- Removes from the queue's head what MySQL has, by sequence number: removing by count would lose rows when two flushes
-- overlap.
--
-- KEYS  1 queue, 2 state
-- ARGV  1 watermark: the highest sequence number in MySQL
--       then rows that are malformed or out of order, byte for byte, which the flush has dealt with
-- Returns the number of rows removed by their number.
--
-- What MySQL has is remembered, so that a MySQL which was put back to an older backup is told from one that is behind.
--
-- Numbers rise along the queue. A row that breaks the order is no attempt that decide.lua queued: it stays until a
-- flush has looked at it.

local watermark = tonumber(ARGV[1])
local last = 0
for i = 2, #ARGV do
  redis.call('LREM', KEYS[1], 1, ARGV[i])
end

local removed = 0
while true do
  local head = redis.call('LRANGE', KEYS[1], 0, 999)
  local covered = 0
  for i = 1, #head do
    local sequence = tonumber(string.match(head[i], '^(%d+)\t') or '')
    if not sequence or sequence <= last or sequence > watermark then
      break
    end
    last = sequence
    covered = i
  end
  if covered == 0 then
    if watermark > tonumber(redis.call('HGET', KEYS[2], 'flushed') or 0) then
      -- Redis may be out of memory, and then it is the trimming that matters.
      redis.pcall('HSET', KEYS[2], 'flushed', ARGV[1])
    end
    return removed
  end
  redis.call('LTRIM', KEYS[1], covered, -1)
  removed = removed + covered
end
