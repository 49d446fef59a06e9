"""What a worker says of itself, and how it ends."""

import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from tests import services
from tests.bad_days import ask, is_ready, kill
from tests.running import installation, workers
from tests.waiting import quiet_clock, until

pytestmark = pytest.mark.broker


def test_health_says_when_a_worker_lives_and_when_it_is_ready(
    kafka_address: str, redis_url: str, redis_client: Redis, tmp_path: Path
) -> None:
    settings = installation(kafka_address, redis_url, "health", metrics_port=services.free_port())
    with workers(settings, tmp_path) as [worker]:
        until(lambda: ask(settings, "/health/live")[0] == 200, "alive")
        until(lambda: is_ready(settings), "ready")
        assert ask(settings, "/health/ready") == (200, {"ready": True, "because": {}})
        for path in ("/", "/table/facts/", "/health/ready/child:k1", "/router/facts/k1/"):
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(f"http://127.0.0.1:{settings.metrics_port}{path}")
        with quiet_clock() as seconds:
            assert worker.stop() == 0
            assert seconds() < 10


def test_a_worker_without_a_broker_ends_within_ten_seconds(
    own_kafka: Any, redis_url: str, redis_client: Redis, tmp_path: Path
) -> None:
    settings = installation(
        own_kafka.address, redis_url, "no-broker", metrics_port=services.free_port()
    )
    with workers(settings, tmp_path) as [worker]:
        until(lambda: is_ready(settings), "ready")
        kill(own_kafka.pid)
        until(lambda: not is_ready(settings), "has found out")
        with quiet_clock() as seconds:
            assert worker.stop() in (0, 1)
            assert seconds() < 10
