"""What Prometheus is told of a source that is followed. No name of an extract, nor of anybody."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from casepulse.agents.view_metrics import gauge
from casepulse.schemas.followed import Followed


def registry(followed: Callable[[], Followed], now: Callable[[], datetime]) -> CollectorRegistry:
    """All that /metrics shows of a source, as it stands when it is asked for."""
    made = CollectorRegistry()
    made.register(_Shown(followed, now))
    return made


class _Shown(Collector):
    def __init__(self, followed: Callable[[], Followed], now: Callable[[], datetime]) -> None:
        self._followed = followed
        self._now = now

    def describe(self) -> Iterable[Metric]:
        """Asked for on registering."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Every gauge; of a night that was not yet, none."""
        followed = self._followed()
        last, told = followed.last, followed.last_told

        def one(name: str, what: str, value: float | None) -> Metric:
            family = gauge(name, what, "source")
            if value is not None:
                family.add_metric([followed.source], value)
            return family

        looked = self._now() if followed.telling else followed.looked
        yield one(
            "follow_looked_timestamp_seconds",
            "When an extract was last looked for without trouble, or told.",
            looked.timestamp(),
        )
        yield one(
            "extract_taken_timestamp_seconds",
            "When the last extract was taken that was told.",
            None if followed.taken is None else followed.taken.timestamp(),
        )
        yield one(
            "extract_told_timestamp_seconds",
            "When the last extract was told.",
            None if told is None else told.at.timestamp(),
        )
        yield one("extract_late", "1 if none has come by the hour by which it must.", followed.late)
        yield one(
            "extract_nights_missed", "Nights in a row before this one without any.", followed.missed
        )
        yield one("extract_refused", "1 if the last extract was refused.", followed.stands_refused)
        yield one(
            "extract_tables_unlike",
            "Tables of the last extract with far more or fewer rows than in the one before.",
            None if last is None else len(last.unlike),
        )
        yield one(
            "extract_seconds",
            "How long it took to read and tell the last extract.",
            None if last is None else last.seconds,
        )
        rows = gauge(
            "extract_rows", "Rows of the last extract, by what became of them.", "source", "outcome"
        )
        facts = gauge(
            "extract_facts",
            "Facts of the last extract that was told, by what became of them.",
            "source",
            "word",
        )
        if last is not None:
            for outcome, count in last.rows:
                if outcome != "rows":
                    rows.add_metric([followed.source, outcome], count)
        if told is not None:
            for word, count in told.facts:
                facts.add_metric([followed.source, word], count)
        yield from (rows, facts)
