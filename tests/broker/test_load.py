"""Ten times the usual load: more than a worker can read, for a while."""

import time
from datetime import UTC, datetime
from itertools import chain, islice, repeat
from pathlib import Path

import orjson
import psutil
import pytest
from redis import Redis

from casepulse.agents.redis_view import Keys, read_meta
from casepulse.counties.scenario import scenario
from tests import services
from tests.bad_days import BadDay, Load, is_ready, obstacles
from tests.running import LONG, installation, is_tick, keyed, oracle, read_count, wait_for, workers
from tests.waiting import until

pytestmark = pytest.mark.broker

#: Events a second, as `make bench` sends them; a county of 150,000 children has one a minute.
_USUAL = 500
_SECONDS, _CHILDREN = (600, 6000) if LONG else (10, 600)


def test_ten_times_the_usual_load_is_read_in_the_end_and_no_view_is_older_than_it_says(
    kafka_address: str, redis_url: str, redis_client: Redis, tmp_path: Path, bad_day: BadDay
) -> None:
    """A source tells all it knows again and again. The lag grows and drains; what waits is Kafka's
    to keep, not the worker's; and time goes on in the view meanwhile."""
    settings = installation(
        kafka_address, redis_url, "tenfold", clock="wall", metrics_port=services.free_port()
    )
    facts = [
        event for event in scenario(seed=3, children=_CHILDREN, months=6) if not is_tick(event)
    ]
    messages = keyed(facts)
    count = 10 * _USUAL * _SECONDS
    again = list(islice(chain.from_iterable(repeat(messages)), count))
    load = Load(settings, again, rate=10 * _USUAL)
    lags, sizes, ages = [], [], []
    with workers(settings, tmp_path) as [worker]:
        until(lambda: is_ready(settings), "ready")
        process = psutil.Process(worker.process.pid)

        def look() -> int:
            """How much is not read yet."""
            meta = read_meta(settings, redis_client)
            beat = redis_client.get(Keys.of(settings).heartbeat)
            assert meta is not None
            if isinstance(beat, bytes):
                told = {name: datetime.fromisoformat(told) for name, told in _times(beat).items()}
                assert told["as_of"] >= meta.as_of, "the view is older than its heartbeat says"
                ages.append((datetime.now(UTC) - told["published"]).total_seconds())
            sizes.append(process.memory_info().rss)
            return load.sent - sum(offset + 1 for offset in meta.read_to.values())

        with load:
            while load.running:
                lags.append(look())
                time.sleep(0.5)
            sent = load.finish()
            ended = time.monotonic()
            while lags[-1] > 0:
                lags.append(look())
                time.sleep(0.5)
            took = time.monotonic() - ended
        view = wait_for(settings, lambda meta: read_count(meta) == sent)
        expected = oracle(facts, view.meta.as_of)
        bad_day.same(f"ten times the usual load for {_SECONDS} s", view, expected, sent, took)
        assert obstacles(settings) == {}
        at_rest = process.memory_info().rss
        assert worker.stop() == 0
    assert sent == count
    assert max(lags) > 0, "the load was none: nothing had to wait"
    assert max(ages) < 10, "a heartbeat was older than it lives"
    # Without a heartbeat readers know that the figures are old. On a machine that others keep busy
    # that may be for a moment; where telling waits for the events, it is nearly always.
    assert len(ages) > 0.9 * len(lags), "the view was said to be old for much of the time"
    assert max(sizes) < 1.25 * at_rest, "what waits was kept by the worker"


def _times(beat: bytes) -> dict[str, str]:
    told = orjson.loads(beat)
    return {name: told[name] for name in ("as_of", "published")}
