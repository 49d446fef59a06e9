"""From figures to the view that people read: published values, ratings, series."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from hashlib import sha256

from casepulse.schemas.measure import Measure
from casepulse.schemas.view import AwaitedView, CellView, MeasureView, MonthView
from casepulse.state.figures import TABLE, Figure, Figures, Periods, published
from casepulse.state.lateness import late_of
from casepulse.state.rating import rate, travel
from casepulse.state.rules import Catalogue

_NOTHING: Mapping[str, list[AwaitedView]] = {}


def definitions_version(catalogue: Catalogue) -> str:
    """Twelve hexadecimal digits that change with what any measure counts, or the profile."""
    definitions = {name: measure.counting() for name, measure in catalogue.measures.items()}
    # Sorted, sets too: their own order differs from one process to the next.
    told = json.dumps(definitions, sort_keys=True, default=sorted)
    return sha256(f"{told} {catalogue.profile.version}".encode()).hexdigest()[:12]


def cell_view(figure: Figure) -> CellView:
    """A figure as it crosses a wire."""
    return CellView(
        measure=figure.measure,
        period=figure.period,
        locality=figure.locality,
        numerator=figure.numerator,
        denominator=figure.denominator,
        statuses=dict(figure.statuses),
    )


def printed(figure: Figure, decimals: int) -> str | None:
    """The figure as a report prints it: "90%", "724"; None is "n/a"."""
    value = published(figure, decimals)
    if value is None:
        return None
    percent = figure.denominator is not None and figure.scale == "percent"
    return f"{value}%" if percent else f"{value}"


def measure_views(figures: Figures) -> dict[str, MeasureView]:
    """Every measure with all that is shown of it, in the catalogue's order."""
    return Viewer().measure_views(figures)


class Viewer:
    """Makes views one after another, and anew only what has changed since the one before.

    All figures must be of one catalogue.
    """

    def __init__(self) -> None:
        self._views: dict[str, tuple[date, Periods, list[AwaitedView], MeasureView]] = {}
        self._months: dict[tuple[str, str, str], tuple[Figure, MonthView]] = {}
        self._cells: dict[tuple[str, str, str], tuple[Figure, CellView]] = {}

    def measure_views(
        self, figures: Figures, awaited: Mapping[str, list[AwaitedView]] = _NOTHING
    ) -> dict[str, MeasureView]:
        """Every measure with all that is shown of it, in the catalogue's order.

        Args:
            figures: what is counted.
            awaited: by measure, what is still to be done, and what was late.
        """
        views = {}
        for place, measure in enumerate(figures.catalogue.measures.values()):
            counted, ahead = figures.counted(measure), awaited.get(measure.id, [])
            made = self._views.get(measure.id)
            if made is None or made[:3] != (figures.month, counted, ahead):
                view = self._measure_view(place, measure, figures, ahead)
                made = self._views[measure.id] = (figures.month, counted, ahead, view)
            views[measure.id] = made[3]
        return views

    def _measure_view(
        self, place: int, measure: Measure, figures: Figures, awaited: list[AwaitedView]
    ) -> MeasureView:
        profile = figures.catalogue.profile
        settings = profile.settings(measure.id)
        tolerance = profile.rag.tolerance if settings.tolerance is None else settings.tolerance
        series = figures.series(measure)
        values: list[Decimal | None] = [published(each, measure.decimals) for _, each in series]
        latest = series[-1][1]
        moving = travel(values, measure.better)
        exact = [each.value for _, each in series]
        rag = rate(exact, settings.target, tolerance, measure.better, profile.rag)
        return MeasureView(
            measure=measure.id,
            place=place,
            title=measure.title,
            section=measure.section.value,
            dashboard=figures.catalogue.part_of.get(measure.id),
            kind=measure.kind,
            better=measure.better,
            aip=settings.aip,
            period=latest.period,
            numerator=latest.numerator,
            denominator=latest.denominator,
            published=printed(latest, measure.decimals),
            late=late_of(measure, latest.statuses),
            target=settings.target,
            tolerance=tolerance if settings.target is not None else None,
            rag=rag.value if rag else None,
            direction=moving.direction.value if moving else None,
            months_running=moving.months if moving else 0,
            comparators=dict(settings.comparators),
            series=self._shown(series, measure.decimals),
            localities={
                locality: self._shown(figures.series(measure, locality, TABLE), measure.decimals)
                for locality in profile.localities
            },
            cells=[self._cell(figure) for figure in figures.cells_of(measure)],
            awaited=awaited,
        )

    def _shown(self, series: list[tuple[str, Figure]], decimals: int) -> list[MonthView]:
        return [self._month(month, figure, decimals) for month, figure in series]

    def _month(self, month: str, figure: Figure, decimals: int) -> MonthView:
        key = figure.measure, month, figure.locality
        made = self._months.get(key)
        if made is None or made[0] is not figure:
            view = MonthView(
                month=month,
                numerator=figure.numerator,
                denominator=figure.denominator,
                published=printed(figure, decimals),
            )
            made = self._months[key] = (figure, view)
        return made[1]

    def _cell(self, figure: Figure) -> CellView:
        key = figure.measure, figure.period, figure.locality
        made = self._cells.get(key)
        if made is None or made[0] is not figure:
            made = self._cells[key] = (figure, cell_view(figure))
        return made[1]
