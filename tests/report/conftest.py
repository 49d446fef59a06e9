"""What the tests of the report are given: the release of the county of January 2021."""

from collections import Counter
from datetime import date

import pytest

from casepulse.counties.january_2021.county import AS_AT, KNOWN
from casepulse.report.compose import compose
from casepulse.report.document import Document
from casepulse.schemas.release import Kind, Release
from casepulse.state import Catalogue, Tally, open_catalogue
from casepulse.state.release import Cut, make_release, release_bytes
from tests.conftest import JanuaryCounted, MadeOnce, count_january, january_facts_of


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The measures with the standards of the default profile."""
    return open_catalogue()


@pytest.fixture(scope="session")
def january(catalogue: Catalogue, january_counted: JanuaryCounted, made_once: MadeOnce) -> Release:
    """The final release of January 2021, as it comes back from its JSON."""

    def made() -> bytes:
        return release_bytes(_released(*january_counted(), catalogue))

    return Release.model_validate_json(made_once("january-2021.json", made))


def made_january(catalogue: Catalogue) -> Release:
    """The same, made from its events, which takes a minute."""
    return _released(*count_january(january_facts_of(7)), catalogue)


def _released(tally: Tally, counts: Counter[str], catalogue: Catalogue) -> Release:
    cut = Cut(date(2021, 1, 1), Kind.FINAL, 1, KNOWN)
    assert cut.at == AS_AT
    return make_release(cut, tally, counts, catalogue)


@pytest.fixture(scope="session")
def report(january: Release, catalogue: Catalogue) -> Document:
    """The internal edition of its report."""
    return compose(january, catalogue)
