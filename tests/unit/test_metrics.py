"""What Prometheus is told of a view and of a worker: each fact once, nobody by key, and no nought
for what is unknown."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from prometheus_client import CollectorRegistry

from casepulse.agents.board import Board
from casepulse.agents.holding import Held, Holding
from casepulse.agents.metrics import Metrics
from casepulse.counties.scenario import scenario
from casepulse.schemas.view import AwaitedView, View
from casepulse.state import Fact, Partition
from casepulse.streams.places import partition_of
from tests.build import CATALOGUE
from tests.running import is_tick

#: A sample: its name and its labels, without "casepulse_".
Sample = tuple[str, frozenset[tuple[str, str]]]

_AT = datetime(2021, 1, 15, 9, tzinfo=UTC)
_LOCALITIES = CATALOGUE.profile.localities


def _samples(registry: CollectorRegistry) -> list[tuple[Sample, float]]:
    return [
        ((sample.name.removeprefix("casepulse_"), frozenset(sample.labels.items())), sample.value)
        for family in registry.collect()
        for sample in family.samples
    ]


def _told(metrics: Metrics, name: str, **labels: str) -> float | None:
    return dict(_samples(metrics.registry)).get((name, frozenset(labels.items())))


def _measures_of(metrics: Metrics, name: str) -> set[str]:
    return {
        dict(labels)["measure"] for (told, labels), _ in _samples(metrics.registry) if told == name
    }


def _with_awaited(view: View, **awaited: list[AwaitedView]) -> View:
    measures = {
        name: measure.model_copy(update={"awaited": awaited.get(name, [])})
        for name, measure in view.measures.items()
    }
    return view.model_copy(update={"measures": measures})


_VISITS = [
    AwaitedView(
        locality="Stroud",
        overdue=2,
        longest_overdue=_AT - timedelta(days=3),
        days={date(2021, 1, 15): 1, date(2021, 1, 18): 4},
    ),
    AwaitedView(
        locality="Gloucester",
        overdue=1,
        longest_overdue=_AT - timedelta(days=8),
        days={},
    ),
]


def test_what_is_overdue_and_due_soon_is_told_by_locality(empty_view: View) -> None:
    metrics = Metrics(CATALOGUE)
    metrics.show(_with_awaited(empty_view, cp_visits=_VISITS))
    overdue = {
        locality: _told(metrics, "measure_overdue", measure="cp_visits", locality=locality)
        for locality in _LOCALITIES
    }
    soon = {
        locality: _told(metrics, "measure_due_soon", measure="cp_visits", locality=locality)
        for locality in _LOCALITIES
    }
    assert overdue == {**dict.fromkeys(_LOCALITIES, 0), "Stroud": 2, "Gloucester": 1}
    assert soon == {**dict.fromkeys(_LOCALITIES, 0), "Stroud": 5}
    oldest = _told(metrics, "measure_oldest_due_timestamp_seconds", measure="cp_visits")
    assert oldest == (_AT - timedelta(days=8)).timestamp()


def test_what_was_awaited_and_is_done_is_nought_and_has_no_oldest(empty_view: View) -> None:
    metrics = Metrics(CATALOGUE)
    metrics.show(_with_awaited(empty_view, cp_visits=_VISITS))
    assert _told(metrics, "measure_overdue", measure="cp_visits", locality="Stroud") == 2
    metrics.show(empty_view)
    assert _told(metrics, "measure_overdue", measure="cp_visits", locality="Stroud") == 0
    assert _told(metrics, "measure_due_soon", measure="cp_visits", locality="Stroud") == 0
    assert _told(metrics, "measure_oldest_due_timestamp_seconds", measure="cp_visits") is None


def test_of_a_measure_that_awaits_nothing_nought_is_not_told(empty_view: View) -> None:
    """S47 enquiries in time counts those completed: it does not know of any that is overdue."""
    metrics = Metrics(CATALOGUE)
    metrics.show(_with_awaited(empty_view, cp_visits=_VISITS))
    assert _measures_of(metrics, "measure_overdue") == {"cp_visits"}
    assert _measures_of(metrics, "measure_numerator") > {"cp_visits", "s47_timely"}


def test_a_part_does_not_tell_again_what_the_whole_tells(empty_view: View) -> None:
    part, whole = "initial_visits_not_seen", "initial_visits_all"
    assert CATALOGUE.measures[part].of == whole
    metrics = Metrics(CATALOGUE)
    metrics.show(_with_awaited(empty_view, **{part: _VISITS, whole: _VISITS}))
    for name in ("overdue", "due_soon", "oldest_due_timestamp_seconds"):
        assert _measures_of(metrics, f"measure_{name}") == {whole}


def test_a_part_with_a_list_of_its_own_tells_what_the_whole_does_not(empty_view: View) -> None:
    metrics = Metrics(CATALOGUE)
    both = {"cl_younger_seen": _VISITS, "cl_older_seen": _VISITS}
    metrics.show(_with_awaited(empty_view, **both))
    assert _measures_of(metrics, "measure_overdue") == set(both)


def test_what_was_done_late_is_nothing_overdue(empty_view: View) -> None:
    """Of contacts that were all decided late, nought is known to be overdue only once any was."""
    over = [AwaitedView(locality="Stroud", overdue=0, days={}, late_and_over=7)]
    metrics = Metrics(CATALOGUE)
    metrics.show(_with_awaited(empty_view, initial_contact_decision=over, s47_timely=over))
    assert _measures_of(metrics, "measure_overdue") == set()


def test_one_that_no_longer_publishes_shows_no_view(empty_view: View) -> None:
    publishes = True
    metrics = Metrics(CATALOGUE, publishes=lambda: publishes, held=lambda: 3, untold=lambda: 2)
    metrics.show(empty_view)
    shown = {name for (name, _), _ in _samples(metrics.registry)}
    assert {"view_published_timestamp_seconds", "measure_numerator"} < shown
    assert _told(metrics, "view_partitions_untold") == 2
    publishes = False
    metrics.show(empty_view)  # it goes on making views of what it hears
    left = {name for (name, _), _ in _samples(metrics.registry)}
    assert not {name for name in left if name.startswith(("measure_", "view_"))}
    assert _told(metrics, "partitions_held") == 3


def test_a_heartbeat_is_told_by_partition_until_the_partition_is_anothers() -> None:
    metrics = Metrics(CATALOGUE)
    assert _told(metrics, "heartbeat_event_timestamp_seconds", partition="1") is None
    metrics.heard(1, _AT)
    metrics.heard(2, _AT + timedelta(seconds=1))
    assert _told(metrics, "heartbeat_event_timestamp_seconds", partition="1") == _AT.timestamp()
    metrics.forget(1)
    metrics.forget(7)  # of which none was heard
    assert _told(metrics, "heartbeat_event_timestamp_seconds", partition="1") is None
    assert _told(metrics, "heartbeat_event_timestamp_seconds", partition="2") is not None


def test_no_sample_is_told_twice(crowded: Metrics) -> None:
    names = [sample for sample, _ in _samples(crowded.registry)]
    assert len(names) > 3000
    assert len(set(names)) == len(names)


_EVENTS = list(scenario(seed=21, children=120, months=2))
_PARTITIONS = 3


@pytest.fixture(scope="module")
def crowded() -> Metrics:
    """The metrics of a board that was told of partitions full of subjects."""
    at = _EVENTS[-1].time
    board = Board(CATALOGUE, _PARTITIONS)
    holding = Holding(CATALOGUE, lambda held: None)
    helds = [Held(number, Partition(CATALOGUE, at), claim=1) for number in range(_PARTITIONS)]
    for event in _EVENTS:
        if not is_tick(event):
            held = helds[partition_of(event.subject.encode(), _PARTITIONS)]
            held.partition.apply(Fact.of(event))
    for offset, held in enumerate(helds):
        partial = holding.partial(held, time_too=True)
        assert partial is not None
        assert board.merge(offset, partial)
    view = board.view()
    assert view is not None
    metrics = Metrics(CATALOGUE, lag=lambda: [("casepulse.events", 0, 4)])
    metrics.show(view)
    metrics.heard(0, at)
    return metrics


def test_no_label_is_the_key_of_a_subject(crowded: Metrics) -> None:
    keys = {event.subject for event in _EVENTS if not is_tick(event)}
    keys |= {key.partition(":")[2] for key in keys}
    assert len(keys) > 300
    values = {value for (_, labels), _ in _samples(crowded.registry) for _, value in labels}
    assert len(values) > 200
    assert not values & keys
    assert not values & set(CATALOGUE.profile.teams)
    assert not {value for value in values if re.fullmatch(r"[\w-]+:\S+", value)}
    overdue = [v for (name, _), v in _samples(crowded.registry) if name == "measure_overdue"]
    assert sum(overdue) > 10, "somebody must be on a list, or nobody could be named"
