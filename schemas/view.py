"""The live view: what Redis holds for those who read it. `docs/redis.md` explains it to them."""

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, Field

from casepulse.schemas.envelope import Strict
from casepulse.schemas.stored import check_number, number_of


class CellView(Strict):
    """One figure: a measure in one period and one locality. Also a line of `casepulse evaluate`."""

    measure: str
    period: str
    """A month as 2021-01 for a flow; `at` for a stock."""
    locality: str
    """`county` is the whole."""
    numerator: int
    denominator: int | None
    """None for a plain count."""
    statuses: dict[str, int]


class MonthView(Strict):
    """The figure of one month of a series. `published` None is "n/a"."""

    month: str
    numerator: int
    denominator: int | None
    published: str | None


class AwaitedView(Strict):
    """What is still to be done in one locality: overdue now, or due in the days ahead. And how many
    were late in the month and are over."""

    locality: str
    overdue: int
    """Of whichever month they count in."""
    longest_overdue: AwareDatetime | None = None
    """The instant since which the longest overdue is late; None if none is, or none of those has a
    due day on record."""
    longest_due: date | None = None
    """The day on which it fell due."""
    days: dict[date, int]
    """How many, besides the overdue, fall due on each day of the profile's look-ahead, today
    first; a day without any is left out."""
    late_and_over: int = 0
    """How many of the month that is reported on were done late, or can be done no more."""


class MeasureView(Strict):
    """Everything live about one measure."""

    measure: str
    place: int
    """Its place in the order of the report, from 0: the dashboard's measures, then the rest."""
    dashboard: str | None
    """The part of the dashboard that it stands in; None if it is not on it."""
    title: str
    section: str
    """The section of the report's body."""
    kind: Literal["flow", "stock"]
    better: Literal["high", "low"] | None
    aip: bool
    period: str
    numerator: int
    denominator: int | None
    published: str | None
    """The figure as a report prints it, "90%" or "724"; None is "n/a"."""
    late: int
    """How many were not done in time: done late, or overdue now."""
    target: float | None
    tolerance: float | None
    rag: Literal["green", "yellow", "red"] | None
    direction: Literal["improved", "declined", "same"] | None
    months_running: int
    comparators: dict[str, float]
    series: list[MonthView]
    """The county's last thirteen months, oldest first; of a stock as at each month's end."""
    localities: dict[str, list[MonthView]]
    """The last three months of each locality, in the profile's order."""
    cells: list[CellView]
    awaited: list[AwaitedView] = Field(default_factory=list)
    """By locality, in the profile's order, where anything is awaited or was late in the month. A
    part of a measure has its own. Empty in a release: it is what lies ahead of the live view."""


#: The number of the format in which the live view is written: of its meta and its measures.
VIEW_FORMAT = 1


class ViewMeta(Strict):
    """What a whole view is as at, and whether it is whole."""

    format: int = VIEW_FORMAT
    """In which the view is written. Fields are added without another number: a reader leaves out
    what it does not know."""
    version: int
    as_of: AwareDatetime
    published: AwareDatetime
    definitions: str
    authority: str
    partitions: int
    partitions_counted: int
    """Less than `partitions`: figures are too low, for some cases are not counted yet."""
    partitions_silent: int = 0
    """Of how many nobody has told anything for ten seconds: their cases stand still."""
    read_to: dict[str, int]
    """By partition, the offset of the last event that is counted."""
    measures: int = 0
    """How many measures the view has: who finds fewer does not have all of it. 0: not said."""


def read_view_meta(told: bytes) -> ViewMeta:
    """The meta of a view. A worker that is newer than we are may tell more than we know of.

    Raises:
        StoredError: a later version has written it, in a format that can't be read.
        pydantic.ValidationError: it is no meta of a view.
    """
    check_number("a live view", number_of(told), VIEW_FORMAT)
    return ViewMeta.model_validate_json(told, extra="ignore")


class View(Strict):
    """One consistent cut of every measure."""

    meta: ViewMeta
    measures: dict[str, MeasureView]

    def cells(self) -> list[CellView]:
        """Every figure of the view, in the order of `casepulse evaluate`."""
        return [cell for measure in self.measures.values() for cell in measure.cells]
