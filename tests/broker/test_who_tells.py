"""Of several workers only the one that publishes the view tells Prometheus of it."""

import re
import signal
import urllib.request
from pathlib import Path

import pytest
from redis import Redis

from tests import services
from tests.running import installation, wait_for, workers
from tests.waiting import until

pytestmark = pytest.mark.broker

_HELD = re.compile(r"^casepulse_partitions_held (\d+)", re.MULTILINE)


def _scrape(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        text: str = answer.read().decode()
    return text


def _tells(port: int) -> bool:
    return "\ncasepulse_view_published_timestamp_seconds " in _scrape(port)


def _held(port: int) -> int:
    [held] = _HELD.findall(_scrape(port))
    return int(held)


def test_a_worker_that_lost_the_board_shows_its_old_view_no_more(
    kafka_address: str, redis_url: str, redis_client: Redis, tmp_path: Path
) -> None:
    ports = services.free_port(), services.free_port()
    first = installation(
        kafka_address, redis_url, "tells", clock="wall", session_timeout=6, metrics_port=ports[0]
    )
    second = first.model_copy(update={"metrics_port": ports[1]})
    with workers(first, tmp_path / "first") as [frozen]:
        wait_for(first, lambda meta: meta.partitions_counted == first.partitions)
        assert _tells(ports[0])
        assert _held(ports[0]) == first.partitions
        frozen.process.send_signal(signal.SIGSTOP)
        with workers(second, tmp_path / "second"):
            until(lambda: _answers(ports[1]) and _tells(ports[1]), "somebody took over")
            frozen.process.send_signal(signal.SIGCONT)
            # Until all partitions have found their owners again.
            settled = 0

            def at_rest() -> bool:
                nonlocal settled
                shared = _held(ports[0]) + _held(ports[1]) == first.partitions
                one = _tells(ports[0]) is not _tells(ports[1])
                settled = settled + 1 if shared and one and _held(ports[0]) > 0 else 0
                return settled == 30

            until(at_rest, "one of them tells")


def _answers(port: int) -> bool:
    try:
        return bool(_scrape(port))
    except OSError:
        return False
