-- Replace one partition's child-level lists, whole or not at all.
-- KEYS: the owner's hash, the set of measures with a list
-- ARGV: the owner's claim, the instant the lists are as at, their digest, seconds that they are kept,
--       prefix of the lists, then measure, score and line in turn
-- Returns 1 if replaced, 0 if a later owner's stand already.
local claim = tonumber(redis.call('HGET', KEYS[1], 'claim') or '-1')
if tonumber(ARGV[1]) < claim then
  return 0
end
-- First what Redis refuses when it is out of memory: what stands before that would stay done.
redis.call('HSET', KEYS[1], 'claim', ARGV[1], 'as_of', ARGV[2], 'digest', ARGV[3])
for _, measure in ipairs(redis.call('SMEMBERS', KEYS[2])) do
  redis.call('DEL', ARGV[5] .. measure)
end
redis.call('DEL', KEYS[2])
for at = 6, #ARGV, 3 do
  redis.call('ZADD', ARGV[5] .. ARGV[at], ARGV[at + 1], ARGV[at + 2])
  redis.call('SADD', KEYS[2], ARGV[at])
end
for _, measure in ipairs(redis.call('SMEMBERS', KEYS[2])) do
  redis.call('EXPIRE', ARGV[5] .. measure, ARGV[4])
end
redis.call('EXPIRE', KEYS[2], ARGV[4])
redis.call('EXPIRE', KEYS[1], ARGV[4])
return 1
