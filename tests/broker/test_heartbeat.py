"""Heartbeats on their way: from the command through Kafka to what the worker tells of them."""

import re
import subprocess
import sys
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import pytest
from redis import Redis

from casepulse.agents.dead_letters import read_letters
from casepulse.streams.settings import Settings
from tests import services
from tests.running import installation, wait_for, workers
from tests.waiting import until

pytestmark = pytest.mark.broker

_TOLD = re.compile(
    r'^casepulse_heartbeat_event_timestamp_seconds{partition="(\d+)"} (\S+)$', re.MULTILINE
)


def _heartbeat(settings: Settings) -> None:
    command = [sys.executable, "-m", "casepulse", "heartbeat"]
    subprocess.run(command, env=settings.environment(), check=True)


def _heard(port: int) -> dict[int, float]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        told = _TOLD.findall(answer.read().decode())
    return {int(partition): float(at) for partition, at in told}


def test_a_heartbeat_is_heard_in_every_partition_and_changes_no_figure(
    kafka_address: str, redis_url: str, redis_client: Redis, tmp_path: Path
) -> None:
    port = services.free_port()
    settings = installation(kafka_address, redis_url, "beating", clock="wall", metrics_port=port)
    with workers(settings, tmp_path):
        before = wait_for(settings, lambda meta: meta.partitions_counted == settings.partitions)
        assert _heard(port) == {}
        sent_at = datetime.now(UTC).timestamp()
        _heartbeat(settings)
        until(lambda: len(_heard(port)) == settings.partitions, "heard", lambda: _heard(port))
        assert min(_heard(port).values()) > sent_at
        after = wait_for(settings, lambda meta: set(meta.read_to.values()) == {0})
        assert after.measures == before.measures
        assert after.meta.as_of.timestamp() <= datetime.now(UTC).timestamp()
    assert read_letters(settings) == []
