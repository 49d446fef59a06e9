"""No subject's key stands where it need not: logs, metrics, health, errors, and all of Redis but
the child-level lists."""

import urllib.request
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from casepulse.agents.dead_letters import read_letters
from casepulse.agents.due_lists import ListKeys
from casepulse.schemas.events import write_event
from tests import services
from tests.bad_days import FACTS, LAST_TICK
from tests.malformed import malformed
from tests.running import (
    installation,
    keyed,
    oracle,
    send,
    send_tick,
    wait_until_read,
    workers,
)

pytestmark = pytest.mark.broker

_READ = {
    b"string": lambda redis, key: [redis.get(key)],
    b"hash": lambda redis, key: [part for pair in redis.hgetall(key).items() for part in pair],
    b"stream": lambda redis, key: [str(entry).encode() for entry in redis.xrange(key)],
    b"zset": lambda redis, key: redis.zrange(key, 0, -1),
    b"set": lambda redis, key: list(redis.smembers(key)),
}


def _all_of(redis: Redis) -> dict[str, str]:
    """Every key with all that it holds."""
    found: dict[str, str] = {}
    for key in redis.scan_iter():
        kind: Any = redis.type(key)
        found[key.decode()] = b"\n".join(_READ[kind](redis, key)).decode()
    return found


def _get(port: int, path: str) -> str:
    text: str = urllib.request.urlopen(f"http://127.0.0.1:{port}{path}").read().decode()
    return text


def test_nobody_is_named_where_it_need_not_be(
    kafka_address: str, redis_url: str, redis_client: Redis, tmp_path: Path
) -> None:
    port = services.free_port()
    settings = installation(kafka_address, redis_url, "named", metrics_port=port, log_level="debug")
    # Events that are refused for what they hold, of children who are known.
    cut_off = [(event.subject.encode(), write_event(event)[:-20]) for event in FACTS[:50]]
    misplaced = [(FACTS[0].subject.encode(), write_event(event)) for event in FACTS[-50:]]
    bad = [each.message for each in malformed(100, seed=4)]
    with workers(settings, tmp_path) as [worker]:
        sent = send(settings, [*keyed(FACTS), *cut_off, *misplaced, *bad])
        sent += send_tick(settings, LAST_TICK)
        view = wait_until_read(settings, sent, LAST_TICK.time)
        assert view.cells() == oracle(FACTS, LAST_TICK.time)
        lists = ListKeys.of(settings).prefix
        places = {
            "metrics": _get(port, "/metrics"),
            "health": _get(port, "/health/ready") + _get(port, "/health/live"),
        }
        # Until the lists are written: they must name somebody, or this test sees nothing.
        subjects = {event.subject for event in FACTS}
        while not any(
            subject in told
            for key, told in _all_of(redis_client).items()
            if key.startswith(lists)
            for subject in subjects
        ):
            assert worker.process.poll() is None
        places |= {
            key: f"{key} {told}"
            for key, told in _all_of(redis_client).items()
            if not key.startswith(lists)
        }
        assert worker.stop() == 0
    places["log"] = worker.log.read_text()
    letters = read_letters(settings)
    assert len(letters) > 100
    places["dead letters, as they are listed"] = str([each.described() for each in letters])
    assert len(places) > 6
    for place, text in places.items():
        assert text.strip(), place
        named = [subject for subject in subjects if subject in text]
        assert not named, f"{place} names {len(named)}"
