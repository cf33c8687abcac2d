-- Appends rows to the queue while the epoch fence is closed: attempts that instances answered and Redis had lost. Their effect on the
-- counters comes with the repair under way, which makes the counters again from MySQL plus the queue.
--
-- KEYS  1 state, 2 queue
-- ARGV  1 sequence number that the caller found, 2 that of the last of the rows, then the rows, with rising numbers above all
--       that were given out
-- Returns the length of the queue, or the error OPEN when attempts are accepted, whose numbers would get mixed with these, or
-- LATE when somebody was faster, or this call took so long that its rows were appended by another.

if redis.call('HEXISTS', KEYS[1], 'generation') == 1 then
  return redis.error_reply('OPEN the queue takes rows of a repair only while no attempt is accepted')
end
if (tonumber(redis.call('HGET', KEYS[1], 'sequence') or 0) or 0) ~= tonumber(ARGV[1]) then
  return redis.error_reply('LATE other attempts have come into the queue meanwhile')
end
redis.call('HSET', KEYS[1], 'sequence', ARGV[2])
local length
for i = 3, #ARGV do
  length = redis.call('RPUSH', KEYS[2], ARGV[i])
end
return length
