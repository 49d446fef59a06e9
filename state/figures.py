"""Figures: what a tally says of each measure, period and locality."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache

from casepulse.schemas.measure import Measure, Scale, Window
from casepulse.state.calendar import month_of, months_back, reporting_month
from casepulse.state.partition import SERIES
from casepulse.state.rules import Catalogue
from casepulse.state.standing import AT
from casepulse.state.tally import Tally
from casepulse.state.windows import months_before

#: How many months a table of localities has side by side.
TABLE = 3

#: The locality that is the sum of all.
COUNTY = "county"

Counts = Mapping[str, int]

#: What the quotient of numerator and denominator is multiplied by.
_TIMES: dict[Scale, int] = {"percent": 100, "average": 1, "rate": 10_000}

#: Period → locality → status → count.
Periods = dict[str, dict[str, dict[str, int]]]


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure, in one period and one locality."""

    measure: str
    period: str
    locality: str
    numerator: int
    denominator: int | None
    """None for a plain count; for a rate, the authority's children."""
    statuses: Counts
    """Every status of the measure with its count, in the measure's order."""
    scale: Scale = "percent"

    @property
    def value(self) -> Fraction | None:
        """What the figure comes to, exact: the percentage, average or rate; the count, of a plain
        count; None where the denominator is 0."""
        return scaled(self.numerator, self.denominator, self.scale)


def scaled(numerator: int, denominator: int | None, scale: Scale) -> Fraction | None:
    """What counts come to, exact; a plain count has no denominator. None: nothing to divide by."""
    if denominator is None:
        return Fraction(numerator)
    return Fraction(_TIMES[scale] * numerator, denominator) if denominator else None


def published(figure: Figure, decimals: int) -> Decimal | None:
    """The figure as a report prints it: halves up, to so many decimals. None is "n/a"."""
    value = figure.value
    if value is None:
        return None
    step = Decimal(1).scaleb(-decimals) if figure.denominator is not None else Decimal(1)
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(step, ROUND_HALF_UP)


class Figures:
    """Everything that a tally says, as at one instant.

    Args:
        tally: of which tally.
        catalogue: the measures that it counts.
        at: the instant.
        before: those of an earlier tally by the same catalogue. Figures whose counts are the same
            as then are the same objects.
    """

    def __init__(
        self, tally: Tally, catalogue: Catalogue, at: datetime, before: "Figures | None" = None
    ) -> None:
        self.at = at
        self.catalogue = catalogue
        self.month = reporting_month(at)
        self._counts: dict[str, Periods] = {}
        self._made: dict[tuple[str, str, str], Figure] = {}
        self._made_before = {} if before is None else before._made
        self._counts_before = {} if before is None else before._counts
        self._same: dict[tuple[str, str], bool] = {}
        for (measure, period, group, status), count in tally:
            groups = self._counts.setdefault(measure, {}).setdefault(period, {})
            groups.setdefault(group, {})[status] = count
        profile = catalogue.profile
        for measure in self._counts.keys() & catalogue.regroups.keys():
            regroup, standards = catalogue.regroups[measure], profile.settings(measure).standards
            for period, groups in self._counts[measure].items():
                self._counts[measure][period] = regroup(groups, standards, profile.locality_of)

    @property
    def localities(self) -> list[str]:
        """The county, then each locality in the profile's order."""
        return [COUNTY, *self.catalogue.profile.localities]

    def figure(self, measure_id: str, period: str, locality: str = COUNTY) -> Figure:
        """One figure; its counts are nought where nothing was counted.

        Args:
            measure_id: the id of a measure.
            period: a month as 2021-01, or `AT` for a stock now.
            locality: a locality of the profile, or `COUNTY`.
        """
        which = measure_id, period, locality
        made = self._made.get(which)
        if made is None:
            made = self._figure_before(*which) or self._figure(*which)
            self._made[which] = made
        return made

    def _figure_before(self, measure_id: str, period: str, locality: str) -> Figure | None:
        """The figure as it was made before, if nothing that it adds up has changed."""
        made = self._made_before.get((measure_id, period, locality))
        if made is None:
            return None
        measure = self.catalogue.measures[measure_id]
        months = months_added(measure.window, period)
        return made if all(self._as_before(measure.base, month) for month in months) else None

    def _as_before(self, base: str, month: str) -> bool:
        """Whether a month counts what it counted before."""
        same = self._same.get((base, month))
        if same is None:
            now, before = self._counts.get(base, {}), self._counts_before.get(base, {})
            same = self._same[base, month] = now.get(month) == before.get(month)
        return same

    def _figure(self, measure_id: str, period: str, locality: str) -> Figure:
        measure = self.catalogue.measures[measure_id]
        counts = dict.fromkeys(measure.statuses, 0)
        counted = self.counted(measure)
        for month in months_added(measure.window, period):
            groups = counted.get(month)
            if groups is None:
                continue
            for here in groups.values() if locality == COUNTY else (groups.get(locality, {}),):
                for status, count in here.items():
                    counts[status] += count
        denominator = None
        if measure.scale == "rate":
            # What is known of a locality's children is not published; its rate is not available.
            denominator = self.catalogue.profile.population or 0 if locality == COUNTY else 0
        elif measure.denominator is not None:
            denominator = sum(counts[status] for status in measure.denominator)
        numerator = sum(counts[status] for status in measure.numerator)
        return Figure(measure_id, period, locality, numerator, denominator, counts, measure.scale)

    def counted(self, measure: Measure) -> Periods:
        """Everything that was counted for a measure: by period, locality and status."""
        return self._counts.get(measure.base, {})

    def current(self, measure: Measure) -> str:
        """The period of a measure's latest figure: `AT`, or the month reported on."""
        return AT if measure.kind == "stock" else month_of(self.month)

    def series(
        self, measure: Measure, locality: str = COUNTY, count: int = SERIES
    ) -> list[tuple[str, Figure]]:
        """The figures of the thirteen months up to the one reported on, oldest first.

        A stock's are as at each month's end, the last as at now.

        Args:
            measure: of which measure.
            locality: a locality of the profile, or `COUNTY`.
            count: of how many months, at most thirteen.
        """
        months = _last_months(self.month, count)
        periods = [*months[:-1], self.current(measure)]
        return [
            (month, self.figure(measure.id, period, locality))
            for month, period in zip(months, periods, strict=True)
        ]

    def cells(self) -> Iterator[Figure]:
        """Every figure: each measure and locality now; of a flow, the months before that counted
        any, as many as the report's tables of localities have."""
        for measure in self.catalogue.measures.values():
            yield from self.cells_of(measure)

    def cells_of(self, measure: Measure) -> Iterator[Figure]:
        """Those of one measure."""
        now = self.current(measure)
        earlier = () if now == AT else _last_months(self.month, TABLE)[:-1]
        for period in (*earlier, now):
            for locality in self.localities:
                figure = self.figure(measure.id, period, locality)
                if period == now or any(figure.statuses.values()):
                    yield figure


@lru_cache(maxsize=1024)
def months_added(window: Window, period: str) -> tuple[str, ...]:
    """The periods of the tally that a figure adds up."""
    if window == "month" or period == AT:
        return (period,)
    last = date(int(period[:4]), int(period[5:]), 1)
    return _last_months(last, months_before(window, last.month) + 1)


@lru_cache(maxsize=1024)
def _last_months(last: date, count: int) -> tuple[str, ...]:
    """So many months up to the one that begins on a day, oldest first."""
    return tuple(month_of(month) for month in months_back(last, count))
