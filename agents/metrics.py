"""What Prometheus sees: how the worker fares, and the figures of the board's view.

The view: `casepulse.agents.view_metrics`. No subject of a case. Names as Prometheus has them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from importlib.metadata import version

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from casepulse.agents.list_keeping import Standing
from casepulse.agents.view_metrics import PREFIX, ViewFamilies, gauge
from casepulse.schemas.events import Reason
from casepulse.schemas.view import View
from casepulse.state import Catalogue, Fact
from casepulse.state.viewing import definitions_version

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60)
_DELAYS = (3600, 4 * 3600, 86400, 2 * 86400, 5 * 86400, 7 * 86400, 14 * 86400, 28 * 86400)

Lag = Callable[[], Iterable[tuple[str, int, int]]]


class Metrics:
    """Everything that /metrics shows. One to a worker.

    Args:
        catalogue: the measures.
        lag: topic, partition and how many events of it are not read yet.
        held: how many partitions this worker holds and tells of.
        publishes: whether it is this worker that publishes the view. One that no longer does shows
            none: the last that it made would grow old beside the one that holds.
        untold: how many partitions nobody tells the board of.
        wrong: topic and setting of what is not as it must be.
        waited: for how many seconds the worker has waited in something without getting on.
        lists: how the child-level lists of this worker's partitions stand; None if it writes none.
        evicts: whether Redis may evict what was written; None if that is not known.

    All are asked at each scrape, in the scrape's thread.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        lag: Lag = tuple,
        *,
        held: Callable[[], int] = lambda: 0,
        publishes: Callable[[], bool] = lambda: True,
        untold: Callable[[], int] = lambda: 0,
        wrong: Callable[[], Iterable[tuple[str, str]]] = tuple,
        waited: Callable[[], float] = lambda: 0.0,
        lists: Callable[[], Standing | None] = lambda: Standing({}, 0),
        evicts: Callable[[], bool | None] = lambda: None,
    ) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        registry = self.registry = CollectorRegistry()
        self._view: View | None = None
        self.withheld: Mapping[tuple[str, int], int] = {}
        """By topic and partition, offsets that wait for an open transaction."""
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
            "Views that Redis, or another sink, did not take because a newer one stands there.",
            registry=registry,
        )
        self.redis_up = Gauge(
            f"{PREFIX}_redis_up",
            "1 if the last write of the view went well: to Redis, or to another sink.",
            registry=registry,
        )
        self.send_failures = Counter(
            f"{PREFIX}_kafka_send_failures", "Messages Kafka did not take.", registry=registry
        )
        self.release_failures = Counter(
            f"{PREFIX}_release_failures",
            "Month-end releases that could not be made, each try.",
            registry=registry,
        )
        self.releases_unshown = Gauge(
            f"{PREFIX}_releases_unshown",
            "Releases that were told and do not stand in Redis.",
            registry=registry,
        )
        self._heartbeat = Gauge(
            f"{PREFIX}_heartbeat_event_timestamp_seconds",
            "When a heartbeat event was last read of a partition.",
            ["partition"],
            registry=registry,
        )
        build = Gauge(
            f"{PREFIX}_build_info",
            "The version that runs, and of what definitions.",
            ["version", "definitions"],
            registry=registry,
        )
        build.labels(version("casepulse"), definitions_version(catalogue)).set(1)
        asked = _Asked(lag, held, lambda: self.withheld, wrong, waited, lists, evicts)
        registry.register(asked)
        families = ViewFamilies(catalogue)
        registry.register(
            _Shown(lambda: self._view if publishes() else None, families.of, untold),
        )

    def taken(self, fact: Fact, now: datetime, *, live: bool) -> None:
        """A fact was read."""
        self.processed.inc()
        self.recording_delay.observe((fact.recorded - fact.time).total_seconds())
        if live:
            self.latency.observe(max(0.0, (now - fact.recorded).total_seconds()))

    def heard(self, partition: int, now: datetime) -> None:
        """A heartbeat event of this partition was read."""
        self._heartbeat.labels(partition).set(now.timestamp())

    def forget(self, partition: int) -> None:
        """The partition is another worker's, and so is its heartbeat."""
        self._heartbeat.remove(partition)

    def show(self, view: View) -> None:
        """Show this view from now on."""
        self._view = view


class _Asked(Collector):
    """What is so of the worker at this moment, made when asked for."""

    def __init__(
        self,
        lag: Lag,
        held: Callable[[], int],
        withheld: Callable[[], Mapping[tuple[str, int], int]],
        wrong: Callable[[], Iterable[tuple[str, str]]],
        waited: Callable[[], float],
        lists: Callable[[], Standing | None],
        evicts: Callable[[], bool | None],
    ) -> None:
        self._lag = lag
        self._held = held
        self._withheld = withheld
        self._wrong = wrong
        self._waited = waited
        self._lists = lists
        self._evicts = evicts

    def describe(self) -> Iterable[Metric]:
        """Asked for on registering, when there is no worker yet."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Lag, partitions, topics, what is waited in, and how all stands in Redis."""
        place = ("topic", "partition")
        lag = gauge("consumer_lag_events", "Events not read yet.", *place)
        withheld = gauge(
            "consumer_withheld_events",
            "Offsets that can't be read, for a transaction before them has long been open.",
            *place,
        )
        waiting = dict(self._withheld())
        for topic, partition, count in self._lag():
            lag.add_metric([topic, str(partition)], count)
            waiting.setdefault((topic, partition), 0)
        for (topic, partition), count in sorted(waiting.items()):
            withheld.add_metric([topic, str(partition)], count)
        held = gauge("partitions_held", "Partitions that this worker holds and tells of.")
        held.add_metric([], self._held())
        wrong = gauge("topic_problems", "Topics not as they must be.", "topic", "setting")
        for topic, setting in sorted(set(self._wrong())):
            wrong.add_metric([topic, setting], 1)
        waited = gauge("standstill_seconds", "Time without getting on, in whatever is waited in.")
        waited.add_metric([], self._waited())
        yield from (lag, withheld, held, wrong, waited)
        stood = gauge(
            "lists_written_timestamp_seconds",
            "When a partition's child-level lists were last known to stand in Redis.",
            "partition",
        )
        failing = gauge(
            "lists_partitions_failing", "Partitions whose child-level lists can't be written."
        )
        lists = self._lists()
        if lists is not None:
            failing.add_metric([], lists.failing)
            for partition, when in lists.stood.items():
                stood.add_metric([str(partition)], when)
        evicts = gauge("redis_evicts", "1 if Redis may evict what was written: see its policy.")
        if (may := self._evicts()) is not None:
            evicts.add_metric([], int(may))
        yield from (stood, failing, evicts)


class _Shown(Collector):
    """The current view, made when asked for: a series that is gone stays gone."""

    def __init__(
        self,
        view: Callable[[], View | None],
        families: Callable[[View], Iterable[Metric]],
        untold: Callable[[], int],
    ) -> None:
        self._view = view
        self._families = families
        self._untold = untold

    def describe(self) -> Iterable[Metric]:
        """Nothing is known before the first view."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Every gauge of the view, while this worker publishes one."""
        view = self._view()
        if view is None:
            return
        untold = gauge("view_partitions_untold", "Partitions that nobody tells the board of.")
        untold.add_metric([], self._untold())
        yield untold
        yield from self._families(view)
