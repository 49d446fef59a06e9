"""Every name that a query of Prometheus may ask a worker for, as its own collector declares it."""

from collections.abc import Iterator

from prometheus_client import Metric

from casepulse.agents.metrics import Metrics
from casepulse.schemas.view import View
from casepulse.state import open_catalogue

#: What a family's samples are named after it, by the family's type.
_ENDINGS = {
    "counter": ("_total",),
    "gauge": ("",),
    "histogram": ("_bucket", "_count", "_sum"),
}


def declared(view: View) -> set[str]:
    """The names of all samples that a worker can export, those that have none just now too.

    Args:
        view: any view of the default profile, such as the fixture `empty_view`.
    """
    metrics = Metrics(open_catalogue(), lag=lambda: [("casepulse.events", 0, 0)])
    metrics.show(view)
    return {name for family in metrics.registry.collect() for name in _samples(family)}


def _samples(family: Metric) -> Iterator[str]:
    return (family.name + ending for ending in _ENDINGS[family.type])
