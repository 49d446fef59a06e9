"""A worker that has something to do and does nothing, as nobody could foresee why."""

from pathlib import Path

import pytest
from redis import Redis

from tests import services
from tests.bad_days import FACTS, LAST_TICK, BadDay, obstacles
from tests.running import (
    installation,
    keyed,
    oracle,
    read_count,
    send,
    send_tick,
    wait_for,
    wait_until_read,
    workers,
)
from tests.waiting import until

pytestmark = pytest.mark.broker

_MESSAGES = keyed(FACTS)
_HALF = len(_MESSAGES) // 2

#: Seconds within which a worker has started, on a machine that is busy.
STARTED = 600

_STILL = """
import asyncio
import sys
from casepulse.agents import worker as workers
from casepulse.logs import log_to_stderr
from casepulse.streams.mended import MendedConsumer
from casepulse.streams.settings import Settings

fetch = MendedConsumer._getmany

async def until_half(self, active_partitions, timeout):
    if sum(held.read_to + 1 for held in worker.holding) >= HALF:
        # The board beside it goes on: what was read is to be seen.
        active_partitions = {tp for tp in active_partitions if not tp.topic.endswith(".events")}
    if active_partitions:
        return await fetch(self, active_partitions, timeout)
    await asyncio.sleep(1)
    return {}

MendedConsumer._getmany = until_half
workers.REBALANCE_TIMEOUT = 10
log_to_stderr("info")
worker = workers.Worker(Settings.from_environment())
sys.exit(worker.run())
"""


@pytest.mark.timeout(1800)
def test_a_worker_that_reads_nothing_says_in_what_it_waits_and_ends_itself(
    kafka_address: str, redis_url: str, redis_client: Redis, tmp_path: Path, bad_day: BadDay
) -> None:
    """Its loop turns and its session is kept, so that nobody takes its partitions."""
    settings = installation(
        kafka_address, redis_url, "still", metrics_port=services.free_port(), session_timeout=6
    )
    still = tmp_path / "still.py"
    still.write_text(_STILL.replace("HALF", str(_HALF)))
    with workers(settings, tmp_path / "first", main=still) as [worker]:
        sent = send(settings, _MESSAGES[:_HALF])
        wait_for(settings, lambda meta: read_count(meta) == sent)
        sent += send(settings, _MESSAGES[_HALF:]) + send_tick(settings, LAST_TICK)
        until(lambda: "progress" in obstacles(settings), "said")
        assert "of still.events, without getting on for" in obstacles(settings)["progress"]
        assert worker.process.wait(timeout=STARTED) == 1
        assert "stands still; stopping" in worker.log.read_text()
    with workers(settings, tmp_path / "second"):
        view = wait_until_read(settings, sent, LAST_TICK.time)
        bad_day.same("a worker stands still", view, oracle(FACTS, LAST_TICK.time), sent)
