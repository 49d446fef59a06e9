"""Every name that a query of Prometheus may ask for, as the collectors of a worker and of a
follower declare it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain

from prometheus_client import Metric

from casepulse.agents.metrics import Metrics
from casepulse.following.metrics import registry
from casepulse.schemas.followed import Followed
from casepulse.schemas.view import View
from casepulse.state import open_catalogue

#: What a family's samples are named after it, by the family's type.
_ENDINGS = {
    "counter": ("_total",),
    "gauge": ("",),
    "histogram": ("_bucket", "_count", "_sum"),
}


def declared(view: View) -> set[str]:
    """The names of all samples that a worker or a follower can export, those that have none just
    now too.

    Args:
        view: any view of the default profile, such as the fixture `empty_view`.
    """
    metrics = Metrics(open_catalogue(), lag=lambda: [("casepulse.events", 0, 0)])
    metrics.show(view)
    now = datetime.now(UTC)
    following = registry(lambda: Followed(source="ssd", looked=now), lambda: now)
    families = chain(metrics.registry.collect(), following.collect())
    return {name for family in families for name in _samples(family)}


def _samples(family: Metric) -> Iterator[str]:
    return (family.name + ending for ending in _ENDINGS[family.type])
