"""Which month's flash release is owed: the first that ended without, or that nobody heard of."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from redis.exceptions import NoPermissionError

from casepulse.agents.metrics import Metrics
from casepulse.agents.month_end import MonthEnd
from casepulse.agents.release_news import ReleaseKeys, unshown
from casepulse.agents.release_store import ReleaseError, ReleaseStore
from casepulse.batch.making import Making
from casepulse.batch.releases import make
from casepulse.schemas.profile import load_profile
from casepulse.schemas.release import Kind
from casepulse.state import open_catalogue
from casepulse.state.calendar import month_end
from tests.releases.conftest import SETTINGS

JANUARY = date(2021, 1, 1)


#: The command that makes releases: here none is made.
NOBODY = ("false",)


class Clock:
    """What the view is as at."""

    def __init__(self) -> None:
        self.now: datetime | None = None


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def month_end_job(clock: Clock, tmp_path: Path) -> MonthEnd:
    settings = SETTINGS.model_copy(
        update={"releases": str(tmp_path / "releases"), "release_after": 300}
    )
    metrics = Metrics(open_catalogue())
    return MonthEnd(settings, NOBODY, lambda: clock.now, metrics)


def _released(making: Making, month: date, kind: Kind = Kind.FLASH, *, told: bool = True) -> None:
    kept = make(making, load_profile(), month, kind).kept
    if told:
        making.store.mark_told(kept.release.name)


def test_none_is_owed_before_a_while_after_the_midnight(
    month_end_job: MonthEnd, clock: Clock, making: Making
) -> None:
    assert month_end_job.owed() == [], "nothing is counted yet"
    _released(making, date(2020, 12, 1))
    ends = month_end(JANUARY)
    for late, owed in ((-1, []), (299, []), (300, ["2021-01"]), (40_000, ["2021-01"])):
        clock.now = ends + timedelta(seconds=late)
        assert month_end_job.owed() == owed
    _released(making, JANUARY)
    assert month_end_job.owed() == []


def test_one_that_nobody_heard_of_is_owed_still(
    month_end_job: MonthEnd, clock: Clock, making: Making
) -> None:
    _released(making, JANUARY, told=False)
    clock.now = month_end(JANUARY) + timedelta(days=2)
    assert month_end_job.owed() == ["2021-01"]
    making.store.mark_told("2021-01/1-flash")
    assert month_end_job.owed() == []


@pytest.mark.broker
def test_releases_that_redis_has_lost_are_shown_again(
    clock: Clock, making: Making, tmp_path: Path, redis_url: str, redis_client: Redis
) -> None:
    """Another server took over, or it came back empty. What nobody was told stays untold."""
    where = {"releases": str(tmp_path / "releases"), "redis": redis_url, "name": "shown-again"}
    settings = SETTINGS.model_copy(update=where)
    job = MonthEnd(settings, NOBODY, lambda: clock.now, Metrics(open_catalogue()))
    keys = ReleaseKeys.of(settings)
    for month, told in ((date(2020, 11, 1), True), (date(2020, 12, 1), True), (JANUARY, False)):
        _released(making, month, told=told)
    names = making.store.names()

    job.show_again()
    assert redis_client.zrange(keys.names, 0, -1) == [name.encode() for name in names[:2]]

    def held() -> dict[bytes, Any]:
        read: dict[bytes, Callable[[bytes], Any]] = {
            b"hash": redis_client.hgetall,
            b"string": redis_client.get,
            b"zset": lambda key: redis_client.zrange(key, 0, -1, withscores=True),
        }
        return {key: read[redis_client.type(key)](key) for key in redis_client.scan_iter()}

    whole = held()
    assert unshown(names, settings) == names[2:]
    for lost in ([keys.names], [keys.figures(names[1]), keys.meta(names[1])], list(whole)):
        redis_client.delete(*lost)
        job.show_again()
        assert held() == whole


@pytest.mark.broker
def test_releases_that_redis_does_not_take_are_counted_and_named(
    clock: Clock, making: Making, tmp_path: Path, redis_url: str, redis_client: Redis
) -> None:
    """Its users may be older than the worker."""
    where = {"releases": str(tmp_path / "releases"), "redis": redis_url, "name": "not-taken"}
    metrics = Metrics(open_catalogue())
    job = MonthEnd(SETTINGS.model_copy(update=where), NOBODY, lambda: clock.now, metrics)
    for month, told in ((date(2020, 11, 1), True), (date(2020, 12, 1), True), (JANUARY, False)):
        _released(making, month, told=told)

    def not_shown() -> float | None:
        return metrics.registry.get_sample_value("casepulse_releases_unshown")

    job.show_again()
    assert (job.warning(), not_shown()) == ("", 0)
    redis_client.flushdb()
    for refused in ("hset", "exists"):
        redis_client.execute_command("ACL", "SETUSER", "default", f"-{refused}")
        try:
            with pytest.raises(NoPermissionError):
                job.show_again()
        finally:
            redis_client.execute_command("ACL", "SETUSER", "default", f"+{refused}")
        because = "the user may not do this; deploy/redis/users.acl has what is wanted"
        assert job.warning() == f"2 do not stand in Redis: {because}"
        assert not_shown() == 2
    job.show_again()
    assert (job.warning(), not_shown()) == ("", 0)


def test_after_months_away_all_are_owed_at_once_in_their_order(
    month_end_job: MonthEnd, clock: Clock, making: Making
) -> None:
    _released(making, date(2020, 11, 1))
    clock.now = month_end(JANUARY) + timedelta(days=1)
    assert month_end_job.owed() == ["2020-12", "2021-01"]
    _released(making, date(2020, 12, 1))
    assert month_end_job.owed() == ["2021-01"]


def test_an_installation_that_begins_owes_the_latest_month_alone(
    month_end_job: MonthEnd, clock: Clock
) -> None:
    clock.now = datetime(2021, 2, 10, tzinfo=UTC)
    assert month_end_job.owed() == ["2021-01"]


def test_a_place_where_nothing_can_be_kept_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="can't be kept there"):
        ReleaseStore("nosuch://place")
