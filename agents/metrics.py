"""What Prometheus sees: the figures of the board's view, and how the worker fares.

Counts, never ratios; no county total beside its parts; no team, and no subject of a case.
Names: PLATFORM.md, "Prometheus".
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from importlib.metadata import version

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from schemas.events import Reason
from schemas.view import MeasureView, View
from state import COUNTY, Catalogue, Fact
from state.viewing import definitions_version

PREFIX = "casepulse"

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60)
_DELAYS = (3600, 4 * 3600, 86400, 2 * 86400, 5 * 86400, 7 * 86400, 14 * 86400, 28 * 86400)

Lag = Callable[[], Iterable[tuple[str, int, int]]]


class Metrics:
    """Everything that /metrics shows. One to a worker."""

    def __init__(self, catalogue: Catalogue, lag: Lag = tuple) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        registry = self.registry = CollectorRegistry()
        self._view: View | None = None
        self.processed = Counter(
            f"{PREFIX}_events_processed", "Events read that are facts.", registry=registry
        )
        self.repeated = Counter(
            f"{PREFIX}_events_repeated", "Facts read that were known already.", registry=registry
        )
        self.dead_lettered = Counter(
            f"{PREFIX}_events_dead_lettered",
            "Messages set aside.",
            ["reason"],
            registry=registry,
        )
        for reason in Reason:
            self.dead_lettered.labels(reason.value)
        self.latency = Histogram(
            f"{PREFIX}_event_end_to_end_latency_seconds",
            "From an event's recorded time to its fact being counted, when following live.",
            buckets=_SECONDS,
            registry=registry,
        )
        self.recording_delay = Histogram(
            f"{PREFIX}_event_recording_delay_seconds",
            "From what happened to its being recorded.",
            buckets=_DELAYS,
            registry=registry,
        )
        self.views_refused = Counter(
            f"{PREFIX}_views_refused",
            "Views that Redis did not take because a newer one stands there.",
            registry=registry,
        )
        self.redis_up = Gauge(
            f"{PREFIX}_redis_up", "1 if the last write to Redis went well.", registry=registry
        )
        self.send_failures = Counter(
            f"{PREFIX}_kafka_send_failures", "Messages Kafka did not take.", registry=registry
        )
        self.release_failures = Counter(
            f"{PREFIX}_release_failures",
            "Month-end releases that could not be made, each try.",
            registry=registry,
        )
        build = Gauge(
            f"{PREFIX}_build_info",
            "The version that runs, and of what definitions.",
            ["version", "definitions"],
            registry=registry,
        )
        build.labels(version("casepulse"), definitions_version(catalogue)).set(1)
        registry.register(_ViewCollector(lambda: self._view, catalogue, lag))

    def taken(self, fact: Fact, now: datetime, *, live: bool) -> None:
        """A fact was read."""
        self.processed.inc()
        self.recording_delay.observe((fact.recorded - fact.time).total_seconds())
        if live:
            self.latency.observe(max(0.0, (now - fact.recorded).total_seconds()))

    def show(self, view: View) -> None:
        """Show this view from now on."""
        self._view = view


class _ViewCollector(Collector):
    """The current view as gauges, made when asked for: a series that is gone stays gone."""

    def __init__(self, view: Callable[[], View | None], catalogue: Catalogue, lag: Lag) -> None:
        self._view = view
        self._catalogue = catalogue
        self._lag = lag

    def describe(self) -> Iterable[Metric]:
        """Nothing is known before the first view."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Every gauge of the view."""
        lag = _gauge("consumer_lag_events", "Events not read yet.", "topic", "partition")
        for topic, partition, count in self._lag():
            lag.add_metric([topic, str(partition)], count)
        yield lag
        view = self._view()
        if view is not None:
            measures = list(view.measures.values())
            yield from _meta(view)
            yield from self._counts(measures)
            yield from self._definitions(measures)
            yield from _states(measures)

    def _definitions(self, measures: list[MeasureView]) -> Iterator[Metric]:
        target = _gauge("measure_target_ratio", "The target, as a ratio.", "measure")
        tolerance = _gauge("measure_tolerance_ratio", "Allowed below target.", "measure")
        info = _gauge(
            "measure_info",
            "What a measure is.",
            "measure", "title", "section", "polarity", "definition_version", "aip",
        )  # fmt: skip
        version_ = definitions_version(self._catalogue)
        for each in measures:
            percent = self._catalogue.measures[each.measure].is_percentage
            if percent and each.target is not None and each.tolerance is not None:
                target.add_metric([each.measure], each.target / 100)
                tolerance.add_metric([each.measure], each.tolerance / 100)
            aip = "true" if each.aip else "false"
            labels = [each.measure, each.title, each.section, each.better or "none", version_, aip]
            info.add_metric(labels, 1)
        yield from (target, tolerance, info)

    def _counts(self, measures: list[MeasureView]) -> Iterator[Metric]:
        """By locality. Statuses are those of the dashboard: with all there are, the series would be
        too many for one scrape, and a part's statuses are those of the whole."""
        numerator = _gauge("measure_numerator", "Counted above the line.", "measure", "locality")
        denominator = _gauge("measure_denominator", "Counted below it.", "measure", "locality")
        status = _gauge("measure_status", "Counted by status.", "measure", "locality", "status")
        for each in measures:
            told = each.dashboard is not None and self._catalogue.measures[each.measure].of is None
            for cell in each.cells:
                if cell.period == each.period and cell.locality != COUNTY:
                    numerator.add_metric([each.measure, cell.locality], cell.numerator)
                    if cell.denominator is not None:
                        denominator.add_metric([each.measure, cell.locality], cell.denominator)
                    for name, count in cell.statuses.items() if told else ():
                        status.add_metric([each.measure, cell.locality, name], count)
        yield from (numerator, denominator, status)


def _gauge(name: str, help_: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{PREFIX}_{name}", help_, labels=labels)


def _meta(view: View) -> Iterator[Metric]:
    meta = view.meta
    for name, help_, value in (
        ("view_as_of_timestamp_seconds", "What the view is as at.", meta.as_of.timestamp()),
        ("view_published_timestamp_seconds", "When it was made.", meta.published.timestamp()),
        ("view_partitions", "Partitions there are.", meta.partitions),
        ("view_partitions_counted", "Partitions counted.", meta.partitions_counted),
    ):
        gauge = _gauge(name, help_)
        gauge.add_metric([], value)
        yield gauge


def _states(measures: list[MeasureView]) -> Iterator[Metric]:
    """The colour of each measure with a target; where each of the dashboard goes."""
    rag = _gauge("measure_rag_state", "1 for the colour it has.", "measure", "state")
    direction = _gauge("measure_direction_state", "1 for where it goes.", "measure", "state")
    for each in measures:
        for state in ("green", "yellow", "red", "unrated") if each.target is not None else ():
            rag.add_metric([each.measure, state], int((each.rag or "unrated") == state))
        for state in ("improved", "declined", "same", "none") if each.dashboard else ():
            direction.add_metric([each.measure, state], int((each.direction or "none") == state))
    yield from (rag, direction)
