"""What tests of commands are given."""

import pytest

from casepulse.counties.scenario import scenario
from casepulse.schemas.events import write_event
from tests.commanding import Run, runs


@pytest.fixture
def casepulse(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command line in this process."""
    return runs(capsys, monkeypatch)


@pytest.fixture(scope="session")
def county() -> bytes:
    """A small county's events, as `casepulse scenario` prints them."""
    return b"".join(write_event(event) + b"\n" for event in scenario(children=30, months=1))
