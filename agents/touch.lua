-- The same figures hold as at a later instant: renew the meta and the heartbeat, and no more.
-- KEYS: pointer to the current version, its view, its meta, heartbeat
-- ARGV: version, seconds of the heartbeat, meta, heartbeat, how many measures the view has, or 0 if
--       that is not told
-- Returns 1 if renewed, 0 if this version is not the current one or its view is not there, whole.
if redis.pcall('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
local measures, wanted = redis.pcall('HLEN', KEYS[2]), tonumber(ARGV[5])
if type(measures) ~= 'number' or measures == 0 or (wanted > 0 and measures ~= wanted) then
  return 0
end
redis.call('SET', KEYS[3], ARGV[3])
redis.call('SET', KEYS[4], ARGV[4], 'EX', ARGV[2])
return 1
