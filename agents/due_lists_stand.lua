-- Look whether one partition's child-level lists stand as their owner wrote them.
-- KEYS: the owner's hash, the set of measures with lines, then each list
-- ARGV: 1 to read the lines, 0 to count them alone; for each list, in the order of KEYS, its measure
--       and what is said of it: how many lines, a blank, and the SHA-1 of what ZRANGE gives with
--       scores, joined by line ends; then the owner's fields, as field and value in turn
-- Returns 1 if they do, 0 if a key is gone, of another type, or holds something else.
local refused
local function read(...)
  local told = redis.pcall(...)
  if type(told) ~= 'table' or not told.err then
    return told
  end
  if not string.find(told.err, 'WRONGTYPE', 1, true) then
    refused = told
  end
  return nil
end

local held, told = {}, read('HGETALL', KEYS[1])
local listed, measures, number = {}, read('SMEMBERS', KEYS[2]), 0
if not told or not measures then
  return refused or 0
end
for at = 1, #told, 2 do
  held[told[at]] = told[at + 1]
end
for _, measure in ipairs(measures) do
  listed[measure] = true
end
for list = 3, #KEYS do
  local measure, said = ARGV[2 * list - 4], ARGV[2 * list - 3]
  local count = read('ZCARD', KEYS[list])
  if not count then
    return refused or 0
  end
  if count .. ' ' ~= string.sub(said, 1, -41) then
    return 0
  end
  if ARGV[1] == '1' then
    local lines = redis.call('ZRANGE', KEYS[list], 0, -1, 'WITHSCORES')
    if redis.sha1hex(table.concat(lines, '\n')) ~= string.sub(said, -40) then
      return 0
    end
  end
  if count > 0 then
    if not listed[measure] then
      return 0
    end
    number = number + 1
  end
end
local fields = 0
for at = 2 * #KEYS - 2, #ARGV, 2 do
  if held[ARGV[at]] ~= ARGV[at + 1] then
    return 0
  end
  fields = fields + 2
end
if number ~= #measures or fields ~= #told then
  return 0
end
return 1
