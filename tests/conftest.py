"""What tests of more than one kind are given. Real services: see `tests/services.py`."""

import gc
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from redis import Redis

from agents.worker import COLLECTOR
from schemas.profile import load_profile
from schemas.view import View, ViewMeta
from state import Catalogue, Figures, evaluate
from state.viewing import definitions_version, measure_views
from tests import services


def pytest_configure() -> None:
    """Collect garbage as seldom as a worker does: facts and standings are many, and stay."""
    gc.set_threshold(*COLLECTOR)


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
    catalogue = Catalogue(load_profile())
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
