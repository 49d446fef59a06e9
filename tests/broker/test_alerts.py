"""Alerts once for real: from an event in Kafka to the message that somebody gets, and its end."""

import json
import time
import urllib.request
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from casepulse.schemas.codes import VisitKind, VisitMethod
from casepulse.schemas.envelope import Event
from casepulse.schemas.events import make_event
from casepulse.schemas.events.child import ChildRegistered
from casepulse.schemas.events.protection import ProtectionPlanStarted
from casepulse.schemas.events.referral import VisitRecorded
from casepulse.schemas.events.workforce import AllocationStarted
from casepulse.state.calendar import add_working_days, end_of, midnight
from casepulse.streams.ticks import ticks
from tests import services
from tests.monitoring import alerting, alertmanager, receiver
from tests.running import installation, keyed, send, send_tick, wait_for, workers
from tests.waiting import until

pytestmark = pytest.mark.broker

_SEEN = datetime(2021, 1, 11, tzinfo=UTC).date()
_DUE = add_working_days(_SEEN, 10)
_CHILD = "child:k1"


def _told(data: Any, number: int, at: datetime) -> Event[Any]:
    return make_event(data, id=f"a{number}", source="test", subject=_CHILD, time=at, recorded=at)


def _visit(number: int, at: datetime) -> Event[Any]:
    seen = VisitRecorded(
        kind=VisitKind.PROTECTION_PLAN, method=VisitMethod.FACE_TO_FACE, child_seen=True
    )
    return _told(seen, number, at)


def test_a_visit_that_is_overdue_too_long_is_told_to_the_service_and_so_is_its_end(
    kafka_address: str, redis_url: str, redis_client: Redis, tmp_path: Path
) -> None:
    port = services.free_port()
    settings = installation(kafka_address, redis_url, "alerts", metrics_port=port)
    morning = midnight(_SEEN) + timedelta(hours=10)
    plan = _told(ProtectionPlanStarted(plan="p1", team="stroud-safeguarding"), 1, morning)
    # A child whose age nobody knows would be late for data quality; without a worker, for one.
    known = _told(ChildRegistered(born=date(2012, 5, 5)), 4, morning - timedelta(hours=1))
    held = _told(AllocationStarted(allocation="a1", worker="w1"), 5, morning - timedelta(hours=1))
    # The limit is five days after the end of the due day.
    six_days_late = end_of(_DUE) + timedelta(days=6)
    in_time, late = ticks([end_of(_DUE) - timedelta(hours=1), six_days_late], "test", "t")
    with (
        receiver() as somebody,
        alertmanager(tmp_path / "alertmanager", somebody) as told,
        workers(settings, tmp_path / "workers") as [worker],
        alerting(tmp_path / "prometheus", port, told) as asked,
    ):
        overdue = 'sum by (locality) (casepulse_measure_overdue{measure="cp_visits"}) == 0'
        send(settings, keyed([known, held, plan, _visit(2, morning + timedelta(minutes=5))]))
        send_tick(settings, in_time)
        until(lambda: len(asked.now(overdue)) == 8, "nobody is overdue, in eight localities")
        green = 'measure_state:casepulse_measure_rag_state:whole{measure="cp_visits",state="green"}'
        until(lambda: bool(asked.now(f"{green} == 1")), "it is green")
        assert not asked.now('ALERTS{alertname="CasepulseLongOverdue"}')
        assert not asked.now("casepulse_measure_oldest_due_timestamp_seconds")

        send_tick(settings, late)
        wait_for(settings, shows=lambda view: view.measures["cp_visits"].late == 1)
        firing = somebody.wait_for("/service", "CasepulseLongOverdue", "firing")
        assert firing["labels"]["measure"] == "cp_visits"
        assert firing["annotations"]["summary"].endswith("one has been overdue for 6d 0h 0m 0s")
        assert firing["annotations"]["runbook_url"] == "docs/runbook.md#casepulselongoverdue"
        # She is the only one, so that the figure is at nought at once.
        somebody.wait_for("/service", "CasepulseTurnedRed", "firing")

        send(settings, keyed([_visit(3, six_days_late + timedelta(minutes=5))]))
        ended = somebody.wait_for("/service", "CasepulseLongOverdue", "resolved")
        assert ended["labels"] == firing["labels"]

        worker.kill()
        # It was the only one.
        somebody.wait_for("/platform", "CasepulseAllDown", "firing")

    to_the_service = {
        each["labels"]["alertname"]
        for where, message in somebody.told
        if where == "/service"
        for each in message["alerts"]
    }
    assert to_the_service == {"CasepulseLongOverdue", "CasepulseTurnedRed"}
    assert "k1" not in json.dumps(somebody.told)


def _post(address: str, *alerts: dict[str, str]) -> None:
    body = json.dumps([{"labels": labels} for labels in alerts]).encode()
    request = urllib.request.Request(
        f"http://{address}/api/v2/alerts", body, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 200


@pytest.mark.parametrize(
    ("cause", "muted", "not_muted"),
    [
        ("CasepulseViewStale", ["CasepulseLongOverdue"], ["CasepulseRedisNotWritten"]),
        ("CasepulseViewMissing", ["CasepulseTurnedRed"], ["CasepulseHeartbeatMissing"]),
        (
            "CasepulseAllDown",
            ["CasepulseDown", "CasepulseViewMissing", "CasepulseHeartbeatMissing"],
            ["CasepulseDeadLetters", "CasepulseRedisNotWritten"],
        ),
        # One of several workers that is away is no excuse: the others are to do its work.
        (
            "CasepulseDown",
            [],
            [
                "CasepulseViewStale",
                "CasepulseViewMissing",
                "CasepulseHeartbeatMissing",
                "CasepulseLagHigh",
                "CasepulseLatencyHigh",
            ],
        ),
        ("CasepulseDown", [], ["CasepulsePartitionsUnowned"]),
        (
            "CasepulsePartitionsUnowned",
            ["CasepulseHeartbeatMissing", "CasepulseLongOverdue"],
            ["CasepulseRedisNotWritten"],
        ),
    ],
)
def test_one_cause_is_told_once(
    tmp_path: Path, cause: str, muted: list[str], not_muted: list[str]
) -> None:
    service = {"CasepulseLongOverdue", "CasepulseTurnedRed"}

    def labels(name: str, job: str = "casepulse") -> dict[str, str]:
        audience = "service" if name in service else "platform"
        return {"alertname": name, "audience": audience, "job": job}

    with receiver() as somebody, alertmanager(tmp_path / "alertmanager", somebody) as told:
        others = [labels(name, "another") for name in muted]
        _post(told, *map(labels, [cause, *muted, *not_muted]), *others)
        for name in [cause, *not_muted]:
            where = "/service" if name in service else "/platform"
            somebody.wait_for(where, name, "firing")
        until(lambda: _told_of(somebody.told, "another") == set(muted), "another installation's")
        time.sleep(2)  # more than a group's interval: whatever is told was told by now
        assert _told_of(somebody.told, "casepulse") == {cause, *not_muted}


def _told_of(messages: list[tuple[str, dict[str, Any]]], job: str) -> set[str]:
    return {
        each["labels"]["alertname"]
        for _, message in messages
        for each in message["alerts"]
        if each["labels"]["job"] == job
    }
