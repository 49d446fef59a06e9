"""The published report beside what was computed, figure by figure."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import partial

from casepulse.counties.january_2021.contradictions import CONTRADICTIONS
from casepulse.counties.january_2021.published import Published
from casepulse.counties.january_2021.published import published as report
from casepulse.schemas.measure import Measure
from casepulse.schemas.view import MeasureView
from casepulse.state import COUNTY, Catalogue, Figure, Figures, published

#: What was computed: given a measure, a period and a locality.
Computed = Callable[[Measure, str, str], Figure | None]

#: The report's periods that are no month, and the month with which each ends.
_PERIODS = {
    "12m": "2021-01",
    "FYtD 2020-21": "2021-01",
    "AYtD 2020-21": "2021-01",
    "2020-21 Term 1": "2020-12",
    "2020-21 Term 2": "2021-01",
}

#: What the report prints in words, as the values that the words allow.
_WORDS = {"just under half": range(45, 50)}


class Verdict(StrEnum):
    """How a published figure compares with the computed one."""

    EQUAL = "equal"
    DIFFERS = "differs"
    CONTRADICTS = "contradicts itself"
    MISSING = "no measure"


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure of the report, and what was computed for it."""

    published: Published
    measure: str
    computed: Figure | None
    printed: str
    """The computed figure to as many decimals as the report prints."""
    verdict: Verdict
    why: str = ""

    @property
    def name(self) -> str:
        """Figure, scope and period, as one reads them."""
        return f"{self.published.figure}, {self.published.scope}, {self.published.period}"


def compare(catalogue: Catalogue, computed: Computed) -> Iterator[Compared]:
    """Every figure of the report, in its order."""
    for each in report():
        yield _compare(each, catalogue, computed)


def of_figures(figures: Figures) -> Computed:
    """What the batch computed."""

    def computed(measure: Measure, period: str, locality: str) -> Figure:
        now = figures.series(measure)[-1][0]
        return figures.figure(
            measure.id, figures.current(measure) if period == now else period, locality
        )

    return computed


def of_measures(measures: Mapping[str, MeasureView]) -> Computed:
    """What the measures of a view in Redis show, or those of a release: their series."""
    return partial(_shown, measures)


def _shown(
    measures: Mapping[str, MeasureView], measure: Measure, period: str, locality: str
) -> Figure | None:
    shown = measures[measure.id]
    months = shown.series if locality == COUNTY else shown.localities[locality]
    for month in months:
        if month.month == period:
            numbers = month.numerator, month.denominator
            return Figure(measure.id, period, locality, *numbers, {}, measure.scale)
    return None


def measure_of(each: Published, localities: list[str]) -> tuple[str, str]:
    """The id of the measure that a published figure is of, and its locality."""
    if each.scope in (COUNTY, *localities):
        return each.figure, each.scope
    return f"{each.figure}_{re.sub('[^a-z0-9]+', '_', each.scope.lower())}", COUNTY


def _compare(each: Published, catalogue: Catalogue, computed: Computed) -> Compared:
    name, locality = measure_of(each, catalogue.profile.localities)
    measure = catalogue.measures.get(name)
    if measure is None:
        return Compared(each, name, None, "", Verdict.MISSING)
    period = _PERIODS.get(each.period, each.period.removeprefix("12m to "))
    figure = computed(measure, period, locality)
    if figure is None:
        return Compared(each, name, None, "", Verdict.MISSING)
    printed = _printed(each, figure)
    contradiction = CONTRADICTIONS.get((each.figure, each.scope, each.period), "")
    why = _difference(each, figure, printed)
    if not why:
        stale = "is equal, though listed among the contradictions" if contradiction else ""
        verdict = Verdict.DIFFERS if stale else Verdict.EQUAL
        return Compared(each, name, figure, printed, verdict, stale)
    verdict = Verdict.CONTRADICTS if contradiction else Verdict.DIFFERS
    return Compared(each, name, figure, printed, verdict, contradiction or why)


def _decimals(words: str) -> int:
    return len(re.sub(r"[^0-9.]", "", words).partition(".")[2])


def _printed(each: Published, figure: Figure) -> str:
    value = published(figure, _decimals(each.published))
    if value is None:
        return "n/a"
    percent = figure.denominator is not None and figure.scale == "percent"
    return f"{value}%" if percent else str(value)


def _difference(each: Published, figure: Figure, printed: str) -> str:
    """What is not as published; nothing, if all is."""
    if each.numerator is not None and each.numerator != figure.numerator:
        return f"the numerator is {figure.numerator}"
    if each.denominator is not None and each.denominator != figure.denominator:
        return f"the denominator is {figure.denominator}"
    if each.published in _WORDS:
        value = published(figure, 0)
        return "" if value in _WORDS[each.published] else f"is {printed}"
    if each.kind == "count":
        count = re.match(r"\d+", each.published)
        assert count is not None
        return "" if int(count[0]) == figure.numerator else f"the count is {figure.numerator}"
    if each.published == "n/a" or printed == "n/a":
        return "" if printed == each.published else f"is {printed}"
    told = Decimal(each.published.rstrip("%"))
    return "" if Decimal(printed.rstrip("%")) == told else f"is {printed}"
