-- The same figures hold as at a later instant: renew the meta and the heartbeat, and no more.
-- KEYS: pointer to the current version, its view, its meta, heartbeat
-- ARGV: version, seconds of the heartbeat, meta, heartbeat
-- Returns 1 if renewed, 0 if this version is not the current one or its view is gone.
if redis.call('GET', KEYS[1]) ~= ARGV[1] or redis.call('EXISTS', KEYS[2]) == 0 then
  return 0
end
redis.call('SET', KEYS[3], ARGV[3])
redis.call('SET', KEYS[4], ARGV[4], 'EX', ARGV[2])
return 1
