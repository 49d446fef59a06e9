-- Publish one version of the live view, whole or not at all.
-- KEYS: pointer to the current version, the new view, the new meta, heartbeat, update stream, the
--       view that the new one differs from
-- ARGV: version, seconds that a superseded view is kept, seconds of the heartbeat, meta, heartbeat,
--       channel, prefix of views, prefix of metas, the version that the new one differs from or -1
--       if all of it is told, then measure and JSON in turn
-- Returns 1 if published, 0 if a newer version stands already, 2 if all of it must be told.
local current = tonumber(redis.call('GET', KEYS[1]) or '-1')
local version = tonumber(ARGV[1])
if version < current then
  return 0
end
local base = tonumber(ARGV[9])
if base >= 0 and (base ~= current or redis.call('EXISTS', KEYS[6]) == 0) then
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
for field = 10, #ARGV, 2 do
  redis.call('HSET', KEYS[2], ARGV[field], ARGV[field + 1])
end
redis.call('SET', KEYS[1], ARGV[1])
redis.call('SET', KEYS[4], ARGV[5], 'EX', ARGV[3])
-- Only what was superseded expires: when publishing stops, the last view stays.
if current >= 0 and current ~= version then
  redis.call('EXPIRE', ARGV[7] .. string.format('%.0f', current), ARGV[2])
  redis.call('EXPIRE', ARGV[8] .. string.format('%.0f', current), ARGV[2])
end
redis.call('XADD', KEYS[5], 'MAXLEN', '~', 100, '*', 'version', ARGV[1])
redis.call('PUBLISH', ARGV[6], ARGV[1])
return 1
