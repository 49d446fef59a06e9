"""A figure from Redis, with three commands and nothing of casepulse: docs/redis.md is the contract.

python examples/read_the_live_view.py redis://127.0.0.1:6379/0 cp_visits
"""

import json
import sys

from redis import Redis

address, measure = sys.argv[1:]
with Redis.from_url(address) as redis:
    version = redis.get("casepulse:{live}:current").decode()
    meta = json.loads(redis.get(f"casepulse:{{live}}:meta:{version}"))
    told = json.loads(redis.hget(f"casepulse:{{live}}:view:{version}", measure))
    live = redis.exists("casepulse:{live}:heartbeat")

print(f"{told['title']}: {told['numerator']} of {told['denominator']}, as at {meta['as_of']}")
if not live:
    print("Nobody renews these figures: they are old.")
if meta["partitions_counted"] < meta["partitions"]:
    print("Not every case is counted yet: the figures are too low.")
