"""What the tests of the report are given: the release of the county of January 2021."""

import os
from collections import Counter
from datetime import date
from fcntl import LOCK_EX, flock

import pytest

from casepulse.report.compose import compose
from casepulse.report.document import Document
from schemas.events.clock import ClockTicked
from schemas.release import Kind, Release
from state import Catalogue, Fact, evaluate, open_catalogue
from state.release import Cut, make_release, release_bytes
from streams.sources.january_2021 import january_2021
from streams.sources.january_2021.county import AS_AT, KNOWN


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The measures with the standards of the default profile."""
    return open_catalogue()


@pytest.fixture(scope="session")
def january(catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The final release of January 2021, as it comes back from its JSON. Takes a minute or two, so
    that of the processes that run the tests one makes it, and the others wait for it."""
    ours = tmp_path_factory.getbasetemp()
    run = ours.parent if "PYTEST_XDIST_WORKER" in os.environ else ours
    shared = run / "january-2021.json"
    with shared.with_suffix(".lock").open("w") as lock:
        flock(lock, LOCK_EX)
        if not shared.exists():
            shared.write_bytes(release_bytes(made_january(catalogue)))
    return Release.model_validate_json(shared.read_bytes())


def made_january(catalogue: Catalogue) -> Release:
    """The same, made from its events."""
    facts = [Fact.of(event) for event in january_2021(7) if event.type != ClockTicked.TYPE]
    cut = Cut(date(2021, 1, 1), Kind.FINAL, 1, KNOWN)
    assert cut.at == AS_AT
    counts = Counter(fact.type for fact in facts)
    return make_release(cut, evaluate(facts, catalogue, AS_AT, KNOWN), counts, catalogue)


@pytest.fixture(scope="session")
def report(january: Release, catalogue: Catalogue) -> Document:
    """The internal edition of its report."""
    return compose(january, catalogue)
