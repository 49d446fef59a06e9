"""A locality's page: its figures beside the county's, and its place among the localities."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from casepulse.schemas.view import AwaitedView
from casepulse.shown.figures import Shown
from casepulse.web.shown_measures import NOT_AVAILABLE, LiveMeasure, counted


@dataclass(frozen=True, slots=True)
class LocalityRow:
    """One measure in one locality."""

    measure: LiveMeasure
    months: tuple[str, ...]
    """As 2021-01; of a stock, the last is now."""
    values: tuple[str, ...]
    """Of the last three months in print, oldest first."""
    counted: str
    """What the last is made from."""
    place: str
    """Among the localities that have a figure, best first: "2nd of 8"; empty where none is better
    than another."""
    overdue: int | None
    """How many are overdue now; None where nothing falls due."""
    due_soon: int | None
    """None where that is not known."""


def locality_rows(measures: Iterable[LiveMeasure], locality: str) -> list[LocalityRow]:
    """The measures that count by locality, in the order given."""
    rows = []
    for measure in measures:
        months = measure.view.localities.get(locality)
        if not months:
            continue
        awaited = next((each for each in measure.awaited if each.locality == locality), None)
        rows.append(
            LocalityRow(
                measure=measure,
                months=tuple(month.month for month in months),
                values=tuple(month.published or NOT_AVAILABLE for month in months),
                counted=counted(months[-1].numerator, months[-1].denominator),
                place=place_among(measure, locality),
                overdue=(awaited.overdue if awaited else 0) if measure.falls_due else None,
                due_soon=_due_soon(awaited) if measure.looks_ahead else None,
            )
        )
    return rows


def _due_soon(awaited: AwaitedView | None) -> int:
    return sum(awaited.days.values()) if awaited else 0


def place_among(measure: LiveMeasure, locality: str) -> str:
    """A locality's place, best first; those with the same figure share it."""
    better = measure.view.better
    if better is None or measure.shown.unit == "count":
        return ""
    latest: dict[str, Shown] = {
        name: months[-1] for name, months in measure.shown.localities.items()
    }
    exact = {name: each.exact for name, each in latest.items() if each.exact is not None}
    if locality not in exact or len(exact) < 2:
        return ""
    ahead = sum(_is_better(other, exact[locality], better) for other in exact.values())
    return f"{ahead + 1} of {len(exact)}"


def _is_better(one: Fraction, other: Fraction, better: str) -> bool:
    return one > other if better == "high" else one < other
