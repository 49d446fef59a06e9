"""Whether the figures can be trusted: shown first on each dashboard."""

from grafana_foundation_sdk.builders import stat

from .looks import DURATION, GREEN, RED, Words, said, steps
from .panels import SIXTH, number
from .promql import told

_AS_OF = told("casepulse_view_as_of_timestamp_seconds", "")
_COUNTED = told("casepulse_view_partitions_counted", "")
_PARTITIONS = told("casepulse_view_partitions", "")

#: Older than this, in seconds, a view is said to be stale: the limit of CasepulseViewStale.
STALE = 300

_WHOLE: Words = (
    ("1", "Whole", GREEN),
    ("0", "Incomplete: too low", RED),
)


def as_at() -> stat.Panel:
    """What the figures are as at."""
    return number(
        "Figures as at",
        "The moment that the figures speak of. Live, it is now; in a replay, the replay's.",
        f"1000 * {_AS_OF}",
        "dateTimeAsLocal",
    ).span(SIXTH)


def whole() -> stat.Panel:
    """Whether every case is counted."""
    return number(
        "Every case counted",
        "Incomplete: some partitions are not counted yet, so every count is too low. The dashboard "
        "of the platform says which worker is away.",
        f"{_COUNTED} >= bool {_PARTITIONS}",
        "none",
        thresholds=steps((1, GREEN), below=RED),
        mappings=said(_WHOLE)[:1],
    ).span(SIXTH)


def age() -> stat.Panel:
    """How long ago the newest view was made."""
    return number(
        "Age of the view",
        "Seconds since a worker published the view last. A new one comes at least every two "
        "seconds; from five minutes on CasepulseViewStale fires.",
        f"time() - {told('casepulse_view_published_timestamp_seconds', '')}",
        DURATION,
        thresholds=steps((60, "yellow"), (STALE, RED), below=GREEN),
    ).span(SIXTH)
