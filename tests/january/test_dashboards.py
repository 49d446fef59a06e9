"""Every query of Grafana's dashboards, asked of a real Prometheus that scrapes a real worker.

The worker has replayed the January county. No query is empty but where the view in Redis itself has
nothing, and none gives a number that is no number. What the tables show is what the view says.
"""

import math
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import pytest
from kafka import KafkaConsumer, TopicPartition

from casepulse.agents.redis_view import read_view
from casepulse.schemas.dashboard import DASHBOARD
from casepulse.schemas.view import MeasureView, View
from casepulse.state import Catalogue, open_catalogue
from casepulse.streams.security import kafka_python_options
from casepulse.streams.settings import Settings
from casepulse.streams.topics import Topics
from tests import grafana
from tests.january import nothing_to_show
from tests.january.county import County
from tests.january.scraping import EVERY, scraping
from tests.prometheus import Prometheus, Series
from tests.running import Message, send
from tests.waiting import until

pytestmark = [
    pytest.mark.broker,
]

JOB = "casepulse"
DASHBOARDS = grafana.dashboards()
MEASURES = [measure for part in DASHBOARD.values() for measure in part]

#: As Grafana makes it of the scrape interval: four scrapes and more.
SPANS = {"__rate_interval": f"{10 * EVERY}s", "__range": "5m"}


@pytest.fixture(scope="module")
def settings(january: County) -> Settings:
    return january.settings


@pytest.fixture(scope="module")
def catalogue(settings: Settings) -> Catalogue:
    return open_catalogue(settings.profile)


@pytest.fixture(scope="module")
def view(settings: Settings) -> View:
    view = read_view(settings)
    assert view is not None
    return view


@pytest.fixture(scope="module")
def asked(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """A Prometheus that has just seen events come in, which change no figure: they came before. It
    is asked of that moment: on a busy machine a scrape may fail later, and what it left out is
    gone then."""
    target = f"{settings.metrics_host}:{settings.metrics_port}"
    with scraping({JOB: target}, tmp_path_factory.mktemp("prometheus")) as asked:
        repeated = asked.one("sum(casepulse_events_repeated_total)")
        count = send(settings, facts(settings))

        def told() -> float:
            return asked.one("sum(casepulse_events_repeated_total)")

        until(lambda: told() >= repeated + count, "the worker reads what it is sent", told)
        moment = time.time()

        def whole() -> bool:
            nonlocal moment
            moment = time.time()
            still = Prometheus(asked.address, moment)
            return still.one(f"min(min_over_time(up[{5 * EVERY}s]))") == 1

        until(whole, "five scrapes on end went well", lambda: asked.now("count_over_time(up[1h])"))
        yield Prometheus(asked.address, moment)


def facts(settings: Settings) -> list[Message]:
    """Some messages that the worker has read; no tick."""
    consumer = KafkaConsumer(**kafka_python_options(settings), enable_auto_commit=False)
    partition = TopicPartition(Topics.of(settings).events.name, 0)
    consumer.assign([partition])
    consumer.seek_to_beginning(partition)
    read: list[Message] = []

    def enough() -> bool:
        for records in consumer.poll(timeout_ms=1000).values():
            read.extend((each.key, each.value) for each in records if each.key != b"clock")
        return len(read) >= 100

    until(enough, "Kafka tells what it holds", lambda: len(read))
    consumer.close()
    return read[:100]


def problems(
    asked: Prometheus,
    dashboard: str,
    values: Mapping[str, str],
    rightly_none: Callable[[str], bool],
) -> list[str]:
    """What is wrong with the answers to a dashboard's queries, for these values of its variables.

    Args:
        asked: the Prometheus.
        dashboard: its uid.
        values: by the names of its variables.
        rightly_none: whether a query, its variables filled in, is to be empty.
    """
    found = []
    for query in grafana.queries(DASHBOARDS[dashboard]):
        text = grafana.filled(query.text, {**SPANS, **values})
        answer = asked.now(text) if query.instant else asked.lately(text, EVERY)
        if not answer and not rightly_none(text):
            found.append(f"{query} is empty for {values}")
        if any(not math.isfinite(value) for series in answer for value in series.values):
            found.append(f"{query} is no number for {values}")
    return found


@pytest.mark.parametrize("job", [".+", JOB])
@pytest.mark.parametrize("dashboard", ["casepulse-overview", "casepulse-platform"])
def test_every_query_has_an_answer(
    asked: Prometheus, view: View, catalogue: Catalogue, dashboard: str, job: str
) -> None:
    def rightly_none(query: str) -> bool:
        if nothing_to_show.of_platform(query, asked):
            return True
        return nothing_to_show.of_measures(query, view, catalogue)

    values = {"job": job, "instance": ".+"}
    assert not problems(asked, dashboard, values, rightly_none)


@pytest.mark.parametrize("measure", MEASURES)
def test_every_query_of_a_measure_has_an_answer(
    asked: Prometheus, view: View, catalogue: Catalogue, measure: str
) -> None:
    def rightly_none(query: str) -> bool:
        return nothing_to_show.of_measures(query, view, catalogue)

    values = {"job": JOB, "measure": measure}
    assert not problems(asked, "casepulse-measure", values, rightly_none)


def test_every_query_of_each_locality_has_an_answer(
    asked: Prometheus, view: View, catalogue: Catalogue
) -> None:
    def rightly_none(query: str) -> bool:
        return nothing_to_show.of_measures(query, view, catalogue)

    found = [
        problem
        for locality in catalogue.profile.localities
        for problem in problems(
            asked, "casepulse-localities", {"job": JOB, "locality": locality}, rightly_none
        )
    ]
    assert not found


def test_no_query_is_empty_for_every_measure(asked: Prometheus) -> None:
    """What is n/a for one is there for another: else it would never be seen at all."""
    board = DASHBOARDS["casepulse-measure"]
    shown = {
        query
        for query in grafana.queries(board)
        for measure in MEASURES
        if asked.now(grafana.filled(query.text, {"job": JOB, "measure": measure, **SPANS}))
    }
    assert [str(query) for query in grafana.queries(board) if query not in shown] == []


# Variables


def choices(asked: Prometheus, dashboard: str, name: str, job: str = ".+") -> dict[str, str]:
    """What Grafana offers for a variable: by value, what people see."""
    variable = grafana.variables(DASHBOARDS[dashboard])[name]
    query = grafana.filled(variable["definition"], {"job": job})
    kind, within = re.fullmatch(r"(\w+)\((.+)\)", query).groups()  # type: ignore[union-attr]
    if kind == "label_values":
        selector, _, label = within.rpartition(", ")
        return {value: value for value in asked.label_values(selector, label)}
    assert kind == "query_result"
    pattern = re.compile(variable["regex"].strip("/").replace("(?<", "(?P<"))
    found = [pattern.search(_line(series)) for series in asked.now(within)]
    return {match["value"]: match["text"] for match in found if match}


def _line(series: Series) -> str:
    """A series as Grafana writes it for a variable's pattern: its labels by their names."""
    labels = ",".join(f'{name}="{value}"' for name, value in sorted(series.labels.items()))
    return f"{{{labels}}} {series.values[0]} 0"


def test_variables_offer_what_there_is(
    asked: Prometheus, view: View, catalogue: Catalogue, settings: Settings
) -> None:
    target = f"{settings.metrics_host}:{settings.metrics_port}"
    for dashboard in DASHBOARDS:
        assert list(choices(asked, dashboard, "job")) == [JOB]
    assert list(choices(asked, "casepulse-platform", "instance")) == [target]
    assert set(choices(asked, "casepulse-localities", "locality")) == set(
        catalogue.profile.localities
    )
    assert choices(asked, "casepulse-measure", "measure") == {
        measure: each.title for measure, each in view.measures.items()
    }


# What they say


def column(asked: Prometheus, dashboard: str, title: str, **values: str) -> dict[str, Series]:
    """What a column of the tables of a dashboard shows, by measure."""
    shown: dict[str, Series] = {}
    for panel in grafana.panels(DASHBOARDS[dashboard]):
        if panel["type"] == "table":
            [organize] = [t for t in panel["transformations"] if t["id"] == "organize"]
            for target in panel["targets"]:
                names = organize["options"]["renameByName"]
                if title in (names.get(f"Value #{target['refId']}"), *_labelled(names, target)):
                    query = grafana.filled(target["expr"], {"job": JOB, **values})
                    shown |= {series.labels["measure"]: series for series in asked.now(query)}
    return shown


def _labelled(names: Mapping[str, str], target: Mapping[str, Any]) -> Iterable[str]:
    """The headings of those labels that this query alone makes."""
    return [names[label] for label in ("rag", "direction", "aip") if label in target["expr"]]


def test_the_overview_says_what_the_view_says(asked: Prometheus, view: View) -> None:
    board = "casepulse-overview"
    value, target = column(asked, board, "Value"), column(asked, board, "Target")
    above, below = column(asked, board, "Numerator"), column(asked, board, "Denominator")
    overdue, soon = column(asked, board, "Overdue"), column(asked, board, "Due soon")
    longest = column(asked, board, "Longest overdue")
    colour, direction = column(asked, board, "RAG"), column(asked, board, "Direction")
    assert set(above) == set(MEASURES)
    for measure in MEASURES:
        each = view.measures[measure]
        assert above[measure].values == [each.numerator]
        assert _one(below, measure) == each.denominator
        if each.denominator:
            assert _one(value, measure) == pytest.approx(each.numerator / each.denominator)
        else:
            assert measure not in value
        if measure in target:
            assert _one(target, measure) == pytest.approx((each.target or 0) / 100)
        if each.target is not None:
            assert colour[measure].labels["rag"] == (each.rag or "unrated")
        assert direction[measure].labels["direction"] == (each.direction or "none")
        if any(one.overdue or one.days for one in each.awaited) and measure in overdue:
            assert _one(overdue, measure) == sum(one.overdue for one in each.awaited)
            assert _one(soon, measure) == sum(sum(one.days.values()) for one in each.awaited)
            late = _late_for(each, view)
            assert _one(longest, measure) == (late if late is None else pytest.approx(late))
    assert len(value) > 40
    assert len(overdue) > 20
    assert {series.labels["rag"] for series in colour.values()} >= {"green", "yellow", "red"}


def _one(shown: Mapping[str, Series], measure: str) -> float | None:
    return shown[measure].values[0] if measure in shown else None


def _late_for(each: MeasureView, view: View) -> float | None:
    """Seconds that the longest overdue of a measure has been late."""
    since = [one.longest_overdue for one in each.awaited if one.longest_overdue is not None]
    return (view.meta.as_of - min(since)).total_seconds() if since else None
