"""What tests of more than one kind are given. Real services: see `tests/services.py`."""

import gc
import os
import pickle
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from fcntl import LOCK_EX, flock
from functools import cache
from typing import NamedTuple

import pytest
from redis import Redis

from casepulse.agents.worker import COLLECTOR
from casepulse.counties.january_2021 import january_2021
from casepulse.counties.january_2021.county import AS_AT, KNOWN
from casepulse.schemas.due import Due
from casepulse.schemas.events.clock import ClockTicked
from casepulse.schemas.profile import load_profile
from casepulse.schemas.view import View, ViewMeta
from casepulse.state import Fact, Figures, Tally, catalogue_for, evaluate, open_catalogue
from casepulse.state.awaited import AwaitedViews
from casepulse.state.batch import evaluate_with_lists
from casepulse.state.viewing import definitions_version, measure_views
from tests import services


def pytest_configure() -> None:
    """Collect garbage as seldom as a worker does: facts and standings are many, and stay."""
    gc.set_threshold(*COLLECTOR)


#: Gives the bytes of a file of this name, which are made if nobody has made them yet.
MadeOnce = Callable[[str, Callable[[], bytes]], bytes]

#: Gives what the county of January 2021 comes to, and how many facts of each type there are.
JanuaryCounted = Callable[[], tuple[Tally, Counter[str]]]


class JanuaryListed(NamedTuple):
    """What the county of January 2021 comes to, with its lists."""

    tally: Tally
    counts: Counter[str]
    """How many facts of each type there are."""
    lines: list[Due]
    awaited: AwaitedViews


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> MadeOnce:
    """What takes its time, one of the processes that run the tests makes; the others wait for it,
    and take it."""
    ours = tmp_path_factory.getbasetemp()
    run = ours.parent if "PYTEST_XDIST_WORKER" in os.environ else ours

    def bytes_of(name: str, made: Callable[[], bytes]) -> bytes:
        shared = run / name
        with (run / f"{name}.lock").open("w") as lock:
            flock(lock, LOCK_EX)
            if not shared.exists():
                shared.write_bytes(made())
        return shared.read_bytes()

    return bytes_of


@pytest.fixture(scope="session")
def january_facts(made_once: MadeOnce) -> Callable[[], list[Fact]]:
    """What happened in the county of January 2021."""

    @cache
    def facts() -> list[Fact]:
        made = made_once("january-2021.facts", lambda: pickle.dumps(january_facts_of(7)))
        before: list[Fact] = pickle.loads(made)  # noqa: S301  our own
        return before

    return facts


def january_facts_of(seed: int) -> list[Fact]:
    """The same of any seed, made here and now."""
    return [Fact.of(event) for event in january_2021(seed) if event.type != ClockTicked.TYPE]


@pytest.fixture(scope="session")
def january_listed(
    made_once: MadeOnce, january_facts: Callable[[], list[Fact]]
) -> Callable[[], JanuaryListed]:
    """The batch of the county of January 2021, as known on the day of its report."""

    @cache
    def listed() -> JanuaryListed:
        made = made_once(
            "january-2021.counted", lambda: pickle.dumps(tuple(list_january(january_facts())))
        )
        return JanuaryListed(*pickle.loads(made))  # noqa: S301  our own

    return listed


@pytest.fixture(scope="session")
def january_counted(january_listed: Callable[[], JanuaryListed]) -> JanuaryCounted:
    """The same without its lists."""
    return lambda: january_listed()[:2]


def list_january(facts: list[Fact]) -> JanuaryListed:
    """The same, counted here and now."""
    batch = evaluate_with_lists(facts, open_catalogue(), AS_AT, KNOWN)
    counts = Counter(fact.type for fact in facts)
    return JanuaryListed(batch.tally, counts, batch.lines, batch.awaited.views(AS_AT))


def count_january(facts: list[Fact]) -> tuple[Tally, Counter[str]]:
    """The same without its lists."""
    return list_january(facts)[:2]


@pytest.fixture(scope="session")
def kafka_address() -> Iterator[str]:
    """A real broker's host:port. Tests share it: give topics and groups names of your own."""
    with services.kafka() as address:
        yield address


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A real Redis server's URL. Tests share it; `redis_client` finds it empty."""
    with services.redis() as url:
        yield url


@pytest.fixture
def redis_client(redis_url: str) -> Iterator[Redis]:
    """A client of that server, whose database was emptied just now."""
    client = Redis.from_url(redis_url)
    client.flushdb()
    yield client
    client.close()


@pytest.fixture(scope="session")
def empty_view() -> View:
    """The live view of a county without a case: every measure, and nobody counted."""
    at = datetime(2021, 1, 15, 9, tzinfo=UTC)
    catalogue = catalogue_for(load_profile())
    figures = Figures(evaluate([], catalogue, at), catalogue, at)
    meta = ViewMeta(
        version=1,
        as_of=at,
        published=at,
        definitions=definitions_version(catalogue),
        authority=catalogue.profile.authority,
        partitions=1,
        partitions_counted=1,
        read_to={},
    )
    return View(meta=meta, measures=measure_views(figures))
