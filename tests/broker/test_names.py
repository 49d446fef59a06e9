"""Two workers that were given one name."""

import signal
import time
from pathlib import Path

import pytest
from redis import Redis

from tests import services
from tests.bad_days import FACTS, LAST_TICK, BadDay, is_ready
from tests.running import (
    WorkerProcess,
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


@pytest.mark.timeout(1800)
def test_of_two_workers_with_one_name_the_first_says_why_and_stops_and_figures_go_on(
    kafka_address: str, redis_url: str, redis_client: Redis, tmp_path: Path, bad_day: BadDay
) -> None:
    """aiokafka takes its name back when it is thrown out, and so does the other: for ever."""
    settings = installation(
        kafka_address, redis_url, "alike", instance="casepulse-0", session_timeout=10
    )
    second = settings.model_copy(update={"metrics_port": services.free_port()})
    with workers(settings, tmp_path) as [first]:
        sent = send(settings, _MESSAGES[:_HALF])
        wait_for(settings, lambda meta: read_count(meta) == sent)
        started = time.monotonic()
        other = WorkerProcess(second, tmp_path / "second.log")
        try:
            assert first.process.wait(timeout=STARTED) == 2, (
                "started as it is, it would do it again"
            )
            said = [line for line in first.log.read_text().splitlines() if "took over" in line]
            assert len(said) == 1
            assert "casepulse-0" in said[0]
            assert "Give each worker a name of its own" in said[0]
            sent += send(settings, _MESSAGES[_HALF:]) + send_tick(settings, LAST_TICK)
            view = wait_until_read(settings, sent, LAST_TICK.time)
            took = time.monotonic() - started
            expected = oracle(FACTS, LAST_TICK.time)
            bad_day.same("two names alike", view, expected, sent, took)
            until(lambda: is_ready(second), "ready")
            assert other.stop() == 0
        finally:
            other.kill()


@pytest.mark.timeout(1800)
def test_a_worker_with_a_name_that_was_away_for_longer_than_its_session_joins_again(
    kafka_address: str, redis_url: str, redis_client: Redis, tmp_path: Path
) -> None:
    """Kafka has forgotten it, and nobody has its name: it is not to be taken for a second one."""
    settings = installation(
        kafka_address, redis_url, "forgotten", instance="casepulse-0", session_timeout=6
    )
    with workers(settings, tmp_path) as [worker]:
        sent = send(settings, _MESSAGES[:_HALF])
        wait_for(settings, lambda meta: read_count(meta) == sent)
        worker.process.send_signal(signal.SIGSTOP)
        time.sleep(13)  # longer than its session, and Kafka's own pace of looking
        worker.process.send_signal(signal.SIGCONT)
        sent += send(settings, _MESSAGES[_HALF:]) + send_tick(settings, LAST_TICK)
        view = wait_until_read(settings, sent, LAST_TICK.time)
        assert view.cells() == oracle(FACTS, LAST_TICK.time)
        assert worker.process.poll() is None
        assert worker.stop() == 0
