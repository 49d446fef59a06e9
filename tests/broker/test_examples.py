"""The examples that read the live view, or give it to something else, on real services."""

import subprocess
import sys
from pathlib import Path

import pytest
from redis import Redis

from casepulse.agents.redis_view import RedisView
from casepulse.schemas.view import View
from casepulse.streams.settings import Settings
from tests.bad_days import FACTS, LAST_TICK
from tests.broker.test_redis_contract import with_publisher
from tests.running import installation, keyed, oracle, read_count, send, send_tick
from tests.unit.test_examples import EXAMPLES, run_example
from tests.waiting import until

pytestmark = pytest.mark.broker


def test_the_live_view_is_read(redis_url: str, redis_client: Redis, empty_view: View) -> None:
    async def publish(publisher: RedisView) -> None:
        assert await publisher.publish(empty_view)

    with_publisher(Settings(redis=redis_url, name="casepulse"), publish)
    told = run_example("read_the_live_view.py", redis_url, "cp_visits")
    shown = empty_view.measures["cp_visits"]
    assert f"{shown.title}: {shown.numerator} of {shown.denominator}, as at 2021-01-15" in told
    assert "old" not in told
    redis_client.delete("casepulse:{live}:heartbeat")
    assert "they are old" in run_example("read_the_live_view.py", redis_url, "cp_visits")


def test_a_worker_gives_its_view_to_a_file_and_not_to_redis(
    kafka_address: str, redis_url: str, redis_client: Redis, tmp_path: Path
) -> None:
    settings = installation(kafka_address, redis_url, "sink")
    sent = send(settings, keyed(FACTS)) + send_tick(settings, LAST_TICK)
    file, log = tmp_path / "view.json", tmp_path / "worker.log"
    views: list[View] = []

    def whole() -> bool:
        assert worker.poll() is None, log.read_text()[-2000:]
        if file.exists():
            views.append(View.model_validate_json(file.read_bytes()))
        told = views and (read_count(views[-1].meta), views[-1].meta.as_of)
        return told == (sent, LAST_TICK.time)

    with log.open("wb") as out:
        worker = subprocess.Popen(
            [sys.executable, EXAMPLES / "the_view_in_a_file.py", file],
            env=settings.environment(),
            stdout=out,
            stderr=out,
        )
        try:
            until(whole, "the view in the file", lambda: views and views[-1].meta.read_to)
        finally:
            worker.terminate()
            worker.wait()
    assert views[-1].cells() == oracle(FACTS, LAST_TICK.time)
    assert [each.meta.version for each in views] == sorted(each.meta.version for each in views)
    assert not redis_client.keys("sink:{live}:*")
    assert redis_client.keys("sink:{children}:due:*"), "the lists are another matter"
