"""Three brokers, three copies, two of which must be in step: one broker goes away, of each kind.

Three JVMs beside two workers take minutes on two cores: `make chaos` only.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis

from casepulse.streams.settings import Settings
from casepulse.streams.topics import Topics
from tests import services
from tests.bad_days import (
    FACTS,
    LAST_TICK,
    VIEWS,
    BadDay,
    Load,
    check_every_view,
    is_ready,
    obstacles,
    watched,
)
from tests.brokers import COPIES, ThreeBrokers, three_brokers
from tests.running import (
    LONG,
    installation,
    keyed,
    oracle,
    read_count,
    send_tick,
    wait_for,
    wait_until_read,
    workers,
)
from tests.waiting import until

pytestmark = [
    pytest.mark.broker,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(not LONG, reason="three brokers take minutes; `make chaos` starts them"),
]

_MESSAGES = keyed(FACTS)


@pytest.fixture(scope="module")
def brokers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ThreeBrokers]:
    with three_brokers(tmp_path_factory.mktemp("three")) as found:
        yield found


def _leader(brokers: ThreeBrokers, settings: Settings) -> int:
    return brokers.leader_of(Topics.of(settings).events.name)


def _coordinator(brokers: ThreeBrokers, settings: Settings) -> int:
    return brokers.coordinator(settings.name)


def _controller(brokers: ThreeBrokers, settings: Settings) -> int:
    return brokers.controller()


#: Whom it hits, and how.
_Fault = Callable[[ThreeBrokers, Settings, Callable[[], None]], None]


def _killed(whom: Callable[[ThreeBrokers, Settings], int]) -> _Fault:
    def fault(brokers: ThreeBrokers, settings: Settings, goes_on: Callable[[], None]) -> None:
        number = whom(brokers, settings)
        brokers.kill(number)
        goes_on()
        brokers.start(number)

    return fault


def _rolling(brokers: ThreeBrokers, settings: Settings, goes_on: Callable[[], None]) -> None:
    for number in range(1, COPIES + 1):
        brokers.stop(number)
        goes_on()
        brokers.start(number)
        brokers.until_whole(_topics(settings))


def _disk_lost(brokers: ThreeBrokers, settings: Settings, goes_on: Callable[[], None]) -> None:
    number = _leader(brokers, settings)
    brokers.lose_disk(number)
    goes_on()
    brokers.start(number)


def _topics(settings: Settings) -> set[str]:
    return {topic.name for topic in Topics.of(settings).all()} | {"__consumer_offsets"}


_FAULTS: dict[str, _Fault] = {
    "of three brokers, the leader of a partition is killed": _killed(_leader),
    "of three brokers, the controller is killed": _killed(_controller),
    "of three brokers, the group's coordinator is killed": _killed(_coordinator),
    "a rolling restart of three brokers": _rolling,
    "of three brokers, one loses its disk and comes back empty": _disk_lost,
}


@pytest.mark.parametrize("fault", _FAULTS)
def test_a_broker_of_three_goes_away_under_load_and_nothing_is_lost(
    brokers: ThreeBrokers,
    redis_url: str,
    redis_client: Redis,
    tmp_path: Path,
    bad_day: BadDay,
    fault: str,
) -> None:
    """Workers go on while it is away, with the two that are left."""
    name = f"three-{list(_FAULTS).index(fault)}"
    settings = installation(
        brokers.address, redis_url, name, replication=COPIES, session_timeout=20
    )
    brokers.until_whole(_topics(settings) - {"__consumer_offsets"})
    told = settings.model_copy(update={"metrics_port": services.free_port()})
    took: list[float] = []
    with (
        watched(settings) as views,
        workers(told, tmp_path / "first") as [first],
        workers(settings, tmp_path / "second") as [second],
        Load(settings, _MESSAGES, rate=len(_MESSAGES) / 75, views=views) as load,
    ):
        wait_for(settings, lambda meta: read_count(meta) > len(_MESSAGES) // 8)

        def goes_on() -> None:
            """What is acknowledged while it is away is read while it is away."""
            gone, sent = time.monotonic(), load.sent
            until(lambda: load.sent > sent or not load.running, "sent while it is away")
            count = load.sent
            wait_for(settings, lambda meta: read_count(meta) >= count)
            took.append(time.monotonic() - gone)

        _FAULTS[fault](brokers, settings, goes_on)
        brokers.until_whole(_topics(settings))
        sent = load.finish() + send_tick(settings, LAST_TICK)
        view = wait_until_read(settings, sent, LAST_TICK.time)
        bad_day.same(fault, view, oracle(FACTS, LAST_TICK.time), sent, max(took))
        until(lambda: not obstacles(told), "ready again", lambda: str(obstacles(told)))
        assert is_ready(told)
        assert [worker.stop() for worker in (first, second)] == [0, 0]
    assert check_every_view(settings, views) >= VIEWS
