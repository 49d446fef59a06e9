"""A small county's archive, and what releases are made with."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from casepulse.agents.release_store import ReleaseStore
from casepulse.batch.archiving import archive_lines
from casepulse.batch.making import Making
from casepulse.counties.scenario import scenario
from casepulse.schemas.envelope import Event
from casepulse.schemas.events import write_event
from casepulse.streams.settings import Settings
from tests.running import is_tick

SETTINGS = Settings(partitions=3)

#: A county's months up to 20 February 2021, so that January has ended and more was recorded since.
EVENTS = [
    event
    for event in scenario(seed=11, children=120, months=4, ends=date(2021, 2, 20))
    if not is_tick(event)
]


def archived(events: list[Event], folder: Path) -> str:
    """An archive of events."""
    told = ((event, write_event(event)) for event in events)
    archive_lines(told, str(folder), SETTINGS, lambda count: None)
    return str(folder)


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Of the county's events."""
    return archived(EVENTS, tmp_path_factory.mktemp("archive"))


@pytest.fixture
def making(archive: str, tmp_path: Path) -> Making:
    """From the archive, into a store of the test's own."""
    return Making(SETTINGS, ReleaseStore(str(tmp_path / "releases")), archive, lambda count: None)


@pytest.fixture
def making_from(tmp_path: Path) -> Callable[[str], Making]:
    """From any archive, into one store of the test's own."""
    store = ReleaseStore(str(tmp_path / "releases"))
    return lambda url: Making(SETTINGS, store, url, lambda count: None)
