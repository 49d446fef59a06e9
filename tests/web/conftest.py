"""What tests of the web service are given: the view of January 2021, without a Redis."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient

from casepulse.schemas.release import Release
from casepulse.schemas.view import AwaitedView, ViewMeta
from casepulse.state import Catalogue
from casepulse.state.viewing import definitions_version
from casepulse.streams.settings import Settings
from casepulse.web.application import application
from casepulse.web.live_view import Seen, Watch
from tests.report.conftest import catalogue, january

__all__ = ["catalogue", "january"]

#: What the view is as at.
AT = datetime(2021, 2, 1, tzinfo=UTC)


class Still(Watch):
    """Shows what it is told to, and asks no Redis."""

    def show(self, seen: Seen | None) -> None:
        """From now on, this."""
        if seen is None:
            self._seen = None
        else:
            self._show(seen)

    async def run(self) -> None:
        """There is nothing to follow."""


@pytest.fixture(scope="session")
def january_seen(january: Release, catalogue: Catalogue) -> Seen:
    """The view of January 2021, of which visits to children on a plan are awaited."""
    awaited = [AwaitedView(locality="Stroud", overdue=2, longest_overdue=AT, days={AT.date(): 3})]
    measures = dict(january.measures)
    measures["cp_visits"] = measures["cp_visits"].model_copy(update={"awaited": awaited})
    meta = ViewMeta(
        version=7,
        as_of=AT,
        published=datetime(2021, 2, 1, 0, 0, 2, tzinfo=UTC),
        definitions=definitions_version(catalogue),
        authority=catalogue.profile.authority,
        partitions=4,
        partitions_counted=4,
        read_to={},
    )
    return Seen(meta, measures, None)


@pytest.fixture
def still(january_seen: Seen) -> Still:
    """A watch that has seen it."""
    watch = Still(Settings())
    watch.show(january_seen)
    return watch


@pytest.fixture
def client(still: Still, catalogue: Catalogue) -> Iterator[TestClient]:
    """Asks the service."""
    with TestClient(application(still, catalogue), base_url="http://127.0.0.1") as client:
        yield client
