"""The board's view as Prometheus sees it.

Counts, never ratios; no county total beside its parts; who is overdue is counted for a measure and
not once more for its part; no team, and no subject of a case. Names as Prometheus has them.
"""

from collections.abc import Iterable, Iterator

from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from casepulse.schemas.comparators import name_and_year
from casepulse.schemas.view import MeasureView, View
from casepulse.state import COUNTY, Catalogue
from casepulse.state.viewing import definitions_version

PREFIX = "casepulse"

#: What a measure with a target may be, and where one of the dashboard may go.
COLOURS = "green", "yellow", "red", "unrated"
DIRECTIONS = "improved", "declined", "same", "none"


def gauge(name: str, help_: str, *labels: str) -> GaugeMetricFamily:
    """A family of gauges without samples yet."""
    return GaugeMetricFamily(f"{PREFIX}_{name}", help_, labels=labels)


class ViewFamilies:
    """Makes the gauges of views, one after another, all of one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._definitions = definitions_version(catalogue)
        self._awaiting: set[str] = set()

    def of(self, view: View) -> Iterator[Metric]:
        """Every gauge of a view."""
        measures = list(view.measures.values())
        yield from _meta(view)
        yield from self._counts(measures)
        yield from self._awaited(measures)
        yield from self._described(measures)
        yield from _states(measures)

    def _described(self, measures: Iterable[MeasureView]) -> Iterator[Metric]:
        target = gauge("measure_target_ratio", "The target, as a ratio.", "measure")
        tolerance = gauge("measure_tolerance_ratio", "Allowed below target.", "measure")
        compared = gauge(
            "measure_comparator_ratio",
            "What a percentage is compared with, as a ratio.",
            "measure", "comparator", "year", "basis",
        )  # fmt: skip
        others = gauge(
            "measure_comparator",
            "What another measure is compared with, in its own unit.",
            "measure", "comparator", "year", "basis",
        )  # fmt: skip
        info = gauge(
            "measure_info",
            "What a measure is.",
            "measure", "title", "section", "polarity", "definition_version", "aip",
        )  # fmt: skip
        for each in measures:
            percent = self._catalogue.measures[each.measure].is_percentage
            if percent and each.target is not None and each.tolerance is not None:
                target.add_metric([each.measure], each.target / 100)
                tolerance.add_metric([each.measure], each.tolerance / 100)
            for name, value in each.comparators.items():
                labels = [each.measure, *self._compared_labels(each.measure, name)]
                (compared if percent else others).add_metric(
                    labels, value / 100 if percent else value
                )
            aip, polarity = "true" if each.aip else "false", each.better or "none"
            info.add_metric(
                [each.measure, each.title, each.section, polarity, self._definitions, aip], 1
            )
        yield from (target, tolerance, compared, others, info)

    def _compared_labels(self, measure: str, name: str) -> list[str]:
        """Whose figure, of which year and on what basis; empty where that is not known."""
        whose, year = name_and_year(name)
        told = self._catalogue.profile.settings(measure).compared.get(name)
        return [whose, year or "", told.basis if told else ""]

    def _counts(self, measures: Iterable[MeasureView]) -> Iterator[Metric]:
        """By locality. Statuses are those of the dashboard: with all there are, the series would be
        too many for one scrape, and a part's statuses are those of the whole."""
        numerator = gauge("measure_numerator", "Counted above the line.", "measure", "locality")
        denominator = gauge("measure_denominator", "Counted below it.", "measure", "locality")
        status = gauge("measure_status", "Counted by status.", "measure", "locality", "status")
        for each in measures:
            told = (
                each.dashboard is not None
                and self._catalogue.measures[each.measure].of is None
                and each.measure not in self._catalogue.not_told_apart
            )
            for cell in each.cells:
                if cell.period == each.period and cell.locality != COUNTY:
                    numerator.add_metric([each.measure, cell.locality], cell.numerator)
                    if cell.denominator is not None:
                        denominator.add_metric([each.measure, cell.locality], cell.denominator)
                    for name, count in cell.statuses.items() if told else ():
                        status.add_metric([each.measure, cell.locality, name], count)
        yield from (numerator, denominator, status)

    def _awaited(self, measures: Iterable[MeasureView]) -> Iterator[Metric]:
        """What is overdue and what falls due, for every locality once a measure had anything
        awaited: nought is known then, and alerts end by it.

        Only then: a measure may count what was done late and know nothing of what is still to be
        done, and of that nought would be untrue.
        """
        overdue = gauge("measure_overdue", "Overdue now.", "measure", "locality")
        soon = gauge(
            "measure_due_soon", "Due within the look-ahead, not overdue.", "measure", "locality"
        )
        oldest = gauge(
            "measure_oldest_due_timestamp_seconds",
            "Since when the longest overdue is late.",
            "measure",
        )
        for each in measures:
            lateness = self._catalogue.lateness(each.measure)
            if lateness is None or not (lateness.has_list and lateness.awaits):
                continue
            if any(one.overdue or one.days for one in each.awaited):
                self._awaiting.add(each.measure)
            if each.measure not in self._awaiting:
                continue
            by_locality = {awaited.locality: awaited for awaited in each.awaited}
            for locality in self._catalogue.profile.localities:
                awaited = by_locality.get(locality)
                labels = [each.measure, locality]
                overdue.add_metric(labels, awaited.overdue if awaited else 0)
                soon.add_metric(labels, sum(awaited.days.values()) if awaited else 0)
            late_since = [a.longest_overdue for a in each.awaited if a.longest_overdue is not None]
            if late_since:
                oldest.add_metric([each.measure], min(late_since).timestamp())
        yield from (overdue, soon, oldest)


def _meta(view: View) -> Iterator[Metric]:
    meta = view.meta
    for name, help_, value in (
        ("view_as_of_timestamp_seconds", "What the view is as at.", meta.as_of.timestamp()),
        ("view_published_timestamp_seconds", "When it was made.", meta.published.timestamp()),
        ("view_partitions", "Partitions there are.", meta.partitions),
        ("view_partitions_counted", "Partitions counted.", meta.partitions_counted),
    ):
        family = gauge(name, help_)
        family.add_metric([], value)
        yield family


def _states(measures: Iterable[MeasureView]) -> Iterator[Metric]:
    """The colour of each measure with a target; where each of the dashboard goes."""
    rag = gauge("measure_rag_state", "1 for the colour it has.", "measure", "state")
    direction = gauge("measure_direction_state", "1 for where it goes.", "measure", "state")
    for each in measures:
        for state in COLOURS if each.target is not None else ():
            rag.add_metric([each.measure, state], int((each.rag or "unrated") == state))
        for state in DIRECTIONS if each.dashboard else ():
            direction.add_metric([each.measure, state], int((each.direction or "none") == state))
    yield from (rag, direction)
