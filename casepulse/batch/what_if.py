"""The same events under other standards or targets, beside a release."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from casepulse.agents.release_store import ReleaseError
from casepulse.batch.counting import count
from casepulse.batch.making import Making
from casepulse.schemas.profile import Profile
from casepulse.schemas.view import MeasureView
from casepulse.state import Figures, catalogue_for
from casepulse.state.calendar import month_of
from casepulse.state.partition import SERIES
from casepulse.state.viewing import measure_views


@dataclass(frozen=True, slots=True)
class ByStandards:
    """A measure's months by one set of standards."""

    shown: tuple[str | None, ...]
    """As a report prints them; None: nothing to divide by."""
    target: float | None
    rag: str | None
    """Of the last month."""


@dataclass(frozen=True, slots=True)
class Line:
    """A measure in the release, and as it would be."""

    measure: str
    title: str
    months: tuple[str, ...]
    release: ByStandards
    other: ByStandards

    @property
    def differs(self) -> bool:
        """Whether anything shown of it would be another."""
        return self.release != self.other

    def record(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


def what_if(
    making: Making, profile: Profile, first: date, last: date, name: str | None = None
) -> tuple[str, list[Line]]:
    """Every measure by another profile, beside a release, in the report's order.

    Args:
        making: where the release is kept, and its events.
        profile: the other standards and targets.
        first: the first month shown.
        last: the month of the release.
        name: which release; None: the latest of the month.

    Raises:
        ReleaseError: there is no such release, or it has not so many months.
        casepulse.streams.committed.SourceError: the events can't be read as far as the release did.
    """
    month = month_of(last)
    name = name or making.store.latest(month)
    if name is None:
        raise ReleaseError(
            f"{month}: has no release to put beside; make one: casepulse release make {month}"
        )
    kept = making.store.read(name)
    release = kept.release
    if release.month != month:
        raise ReleaseError(f"{name} is no release of {month}, the last month asked for")
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    if not 1 <= months <= SERIES:
        raise ReleaseError(
            f"a release has the {SERIES} months up to its own; ask for 1 to {SERIES}"
        )
    parts = making.parts(kept.reading.read_to)
    counted = count(parts, profile, release.at, release.known, making.progress)
    other = measure_views(Figures(counted.tally, catalogue_for(profile), release.at))
    return name, [
        _line(release.measures[measure], view, months)
        for measure, view in other.items()
        if measure in release.measures
    ]


def _line(release: MeasureView, other: MeasureView, months: int) -> Line:
    shown = tuple(each.month for each in release.series[-months:])
    return Line(
        release.measure,
        release.title,
        shown,
        _by_standards(release, months),
        _by_standards(other, months),
    )


def _by_standards(view: MeasureView, months: int) -> ByStandards:
    shown = tuple(each.published for each in view.series[-months:])
    return ByStandards(shown, view.target, view.rag)
