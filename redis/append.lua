-- Appends rows to the queue while the door is shut: attempts that an instance answered and Redis had lost. Their effect on
-- the counters comes with the repair under way, which makes the counters anew from MySQL plus the queue.
--
-- KEYS  1 state, 2 queue
-- ARGV  1 sequence number of the last of the rows, then the rows, with rising numbers above all that were given out
-- Returns the length of the queue, or the error OPEN when attempts are accepted, whose numbers would get mixed with these.

if redis.call('HEXISTS', KEYS[1], 'generation') == 1 then
  return redis.error_reply('OPEN the queue takes rows of a repair only while no attempt is accepted')
end
redis.call('HSET', KEYS[1], 'sequence', ARGV[1])
local length
for i = 2, #ARGV do
  length = redis.call('RPUSH', KEYS[2], ARGV[i])
end
return length
