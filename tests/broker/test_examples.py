"""The example that reads the live view, on a real Redis."""

import pytest
from redis import Redis

from casepulse.agents.redis_view import RedisView
from casepulse.schemas.view import View
from casepulse.streams.settings import Settings
from tests.broker.test_redis_contract import with_publisher
from tests.unit.test_examples import run_example

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
