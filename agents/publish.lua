-- Publish one version of the live view, whole or not at all.
-- KEYS: pointer to the current version, the new view, the new meta, heartbeat, update stream, the
--       view that the new one differs from
-- ARGV: version, seconds that a superseded view is kept, seconds of the heartbeat, meta, heartbeat,
--       channel, prefix of views, prefix of metas, the version that the new one differs from or -1
--       if all of it is told, how many measures the view has, then measure and JSON in turn
-- Returns 1 if published, 0 if a newer version stands already, 2 if all of it must be told.

-- These keys are ours: what is of another type is somebody's mistake, and is written over.
local function ours(key, ...)
  local told = redis.pcall(...)
  if type(told) == 'table' and told.err and string.find(told.err, 'WRONGTYPE', 1, true) then
    redis.call('DEL', key)
    return redis.call(...)
  end
  return told
end

local pointer = ours(KEYS[1], 'GET', KEYS[1])
if type(pointer) == 'table' and pointer.err then
  return pointer
end
local current = tonumber(pointer or '-1') or -1
local version = tonumber(ARGV[1])
if version < current then
  return 0
end
local base = tonumber(ARGV[9])
if base >= 0 and (base ~= current or ours(KEYS[6], 'HLEN', KEYS[6]) ~= tonumber(ARGV[10])) then
  return 2
end
-- First what Redis refuses when it is out of memory: it looks once, when the script begins, and
-- what stands before the refusal would stay done, a view that was deleted and not written.
redis.call('SET', KEYS[3], ARGV[4])
if base >= 0 then
  redis.call('COPY', KEYS[6], KEYS[2], 'REPLACE')
else
  redis.call('DEL', KEYS[2])
end
for field = 11, #ARGV, 2 do
  redis.call('HSET', KEYS[2], ARGV[field], ARGV[field + 1])
end
redis.call('SET', KEYS[1], ARGV[1])
redis.call('SET', KEYS[4], ARGV[5], 'EX', ARGV[3])
-- Told again, it is no news.
if current == version then
  return 1
end
-- Only what was superseded expires: when publishing stops, the last view stays.
if current >= 0 then
  redis.call('EXPIRE', ARGV[7] .. string.format('%.0f', current), ARGV[2])
  redis.call('EXPIRE', ARGV[8] .. string.format('%.0f', current), ARGV[2])
end
local added = ours(KEYS[5], 'XADD', KEYS[5], 'MAXLEN', '~', 100, '*', 'version', ARGV[1])
redis.call('PUBLISH', ARGV[6], ARGV[1])
if type(added) == 'table' and added.err then
  return added
end
return 1
