-- Replace one partition's child-level lists, whole or not at all, and what its owner says of them.
-- KEYS: the owner's hash, the set of measures with lines, then each list
-- ARGV: the owner's claim, seconds that all is kept, prefix of the lists, how many fields the
--       owner's hash has, these as field and value in turn, then for each list, in the order of
--       KEYS: its measure, how many lines it has, these as score and line in turn
-- Returns 1 if replaced, 0 if a later owner's stand already.
local held, told = {}, redis.pcall('HGETALL', KEYS[1])
if told.err then
  if not string.find(told.err, 'WRONGTYPE', 1, true) then
    return told
  end
  -- Somebody put something else in its place; it is ours, and made anew.
  redis.call('DEL', KEYS[1])
else
  for at = 1, #told, 2 do
    held[told[at]] = told[at + 1]
  end
end
if tonumber(ARGV[1]) < (tonumber(held['claim'] or '') or -1) then
  return 0
end
-- First what Redis refuses when it is out of memory: what stands before that would stay done.
local last = 4 + 2 * ARGV[4]
for at = 5, last, 2 do
  redis.call('HSET', KEYS[1], ARGV[at], ARGV[at + 1])
  held[ARGV[at]] = nil
end
-- What an owner with other definitions said, and the lists that it said it of.
for field in pairs(held) do
  redis.call('HDEL', KEYS[1], field)
  if string.sub(field, 1, 6) == 'lines:' then
    redis.call('DEL', ARGV[3] .. string.sub(field, 7))
  end
end
redis.call('DEL', KEYS[2])
local at = last + 1
for list = 3, #KEYS do
  local measure, lines = ARGV[at], tonumber(ARGV[at + 1])
  redis.call('DEL', KEYS[list])
  for line = at + 2, at + 2 * lines, 2 do
    redis.call('ZADD', KEYS[list], ARGV[line], ARGV[line + 1])
  end
  if lines > 0 then
    redis.call('EXPIRE', KEYS[list], ARGV[2])
    redis.call('SADD', KEYS[2], measure)
  end
  at = at + 2 + 2 * lines
end
redis.call('EXPIRE', KEYS[2], ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 1
