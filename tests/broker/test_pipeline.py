"""The whole way on real Apache Kafka and Redis: the view must equal the batch, cell for cell."""

import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from redis import Redis

from casepulse.agents.dead_letters import read_letters, replay
from casepulse.counties.scenario import scenario
from casepulse.schemas.codes import VisitKind, VisitMethod
from casepulse.schemas.events import Reason, make_event
from casepulse.schemas.events.protection import ProtectionPlanStarted
from casepulse.schemas.events.referral import VisitRecorded
from casepulse.schemas.view import View
from casepulse.state.calendar import add_working_days, end_of, local_date, midnight
from casepulse.streams.settings import Role
from tests import services
from tests.malformed import malformed
from tests.running import (
    MovedClock,
    installation,
    is_tick,
    keyed,
    oracle,
    send,
    send_tick,
    shuffled,
    wait_for,
    wait_for_letters,
    wait_until_read,
    workers,
)
from tests.waiting import until

pytestmark = pytest.mark.broker

_EVENTS = list(scenario(seed=11, children=60, months=2))
_LAST_TICK = _EVENTS[-1]
_FACTS = [event for event in _EVENTS if not is_tick(event)]


def test_two_workers_and_events_three_times_in_three_orders_give_the_batch(
    kafka_address: str, redis_url: str, redis_client: Redis, tmp_path: Path
) -> None:
    settings = installation(kafka_address, redis_url, "thrice")
    bad = [message for message in malformed(60, seed=3) if message.refused_by_reading]
    sent = 0
    with workers(settings, tmp_path, count=2):
        for order in range(3):
            messages = keyed(_FACTS) + ([each.message for each in bad] if order == 1 else [])
            sent += send(settings, shuffled(messages, order))
        sent += send_tick(settings, _LAST_TICK)
        view = wait_until_read(settings, sent, _LAST_TICK.time)
        assert view.cells() == oracle(_FACTS, _LAST_TICK.time)
        letters = wait_for_letters(settings, len(bad))
    assert sorted(letter.reason for letter in letters) == sorted(each.reason for each in bad)
    assert {letter.value for letter in letters} == {each.message[1] or b" " for each in bad}


def test_case_agents_and_the_board_can_be_workers_of_their_own(
    kafka_address: str, redis_url: str, redis_client: Redis, tmp_path: Path
) -> None:
    settings = installation(kafka_address, redis_url, "apart")
    cases, board = (settings.model_copy(update={"role": role}) for role in (Role.CASES, Role.BOARD))
    with workers(cases, tmp_path, count=2), workers(board, tmp_path / "board"):
        sent = send(settings, shuffled(keyed(_FACTS), 4)) + send_tick(settings, _LAST_TICK)
        view = wait_until_read(settings, sent, _LAST_TICK.time)
        assert view.cells() == oracle(_FACTS, _LAST_TICK.time)


def test_ten_thousand_malformed_messages_lose_nothing_and_stop_nothing(
    kafka_address: str, redis_url: str, redis_client: Redis, tmp_path: Path
) -> None:
    settings = installation(kafka_address, redis_url, "malformed")
    bad = list(malformed(10_000, seed=5))
    assert len({each.kind for each in bad}) >= 30
    mixed = shuffled(keyed(_FACTS) + [each.message for each in bad], seed=9)
    with workers(settings, tmp_path) as [worker]:
        sent = send(settings, mixed) + send_tick(settings, _LAST_TICK)
        view = wait_until_read(settings, sent, _LAST_TICK.time)
        assert view.cells() == oracle(_FACTS, _LAST_TICK.time)
        assert worker.process.poll() is None, "the worker must not have restarted"
        letters = wait_for_letters(settings, len(bad))
    assert len(letters) == len(bad)
    by_reason: dict[str, int] = {}
    for each in bad:
        by_reason[each.reason] = by_reason.get(each.reason, 0) + 1
    found: dict[str, int] = {}
    for letter in letters:
        found[letter.reason] = found.get(letter.reason, 0) + 1
    assert found == by_reason


def test_dead_letters_that_can_be_read_by_now_are_replayed_and_gone(
    kafka_address: str, redis_url: str, redis_client: Redis, tmp_path: Path
) -> None:
    settings = installation(kafka_address, redis_url, "replayed")
    good = keyed(_FACTS)
    misplaced = [(b"child:somebody-else", value) for _, value in good[:25]]
    with workers(settings, tmp_path):
        sent = send(settings, [*good[25:], *misplaced, (b"child:x", b"{ truncated")])
        wait_for(settings, lambda meta: sum(n + 1 for n in meta.read_to.values()) == sent)
        letters = wait_for_letters(settings, 26)
        reasons = sorted(letter.reason for letter in letters)
        assert reasons == [Reason.NOT_JSON, *[Reason.WRONG_KEY] * 25]
        published, unread = replay(settings, letters)
        assert (published, [letter.reason for letter in unread]) == (25, [Reason.NOT_JSON])
        sent += published + send_tick(settings, _LAST_TICK)
        view = wait_until_read(settings, sent, _LAST_TICK.time)
        assert view.cells() == oracle(_FACTS, _LAST_TICK.time)
    assert [letter.reason for letter in read_letters(settings)] == [Reason.NOT_JSON]


def _gauge(port: int, name: str, **labels: str) -> float | None:
    text = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics").read().decode()
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name == f"casepulse_{name}" and sample.labels == labels:
                return float(sample.value)
    return None


def test_a_visit_falls_overdue_at_midnight_with_no_event_sent(
    kafka_address: str, redis_url: str, redis_client: Redis, tmp_path: Path
) -> None:
    port = services.free_port()
    settings = installation(kafka_address, redis_url, "midnight", clock="wall", metrics_port=port)
    today = local_date(datetime.now(UTC))
    # The child was seen long ago; the workers' clock is moved to shortly before the midnight
    # that ends the due day.
    seen = today - timedelta(days=40)
    due = add_working_days(seen, 10)
    event_time = midnight(seen) + timedelta(hours=10)

    def told(data: object, number: int) -> object:
        return make_event(
            data,  # type: ignore[arg-type]
            id=f"m{number}",
            source="test",
            subject="child:k1",
            time=event_time + timedelta(minutes=number),
            recorded=event_time + timedelta(minutes=number),
        )

    events = [
        told(ProtectionPlanStarted(plan="p1", team="stroud-safeguarding"), 1),
        told(
            VisitRecorded(
                kind=VisitKind.PROTECTION_PLAN, method=VisitMethod.FACE_TO_FACE, child_seen=True
            ),
            2,
        ),
    ]
    send(settings, keyed(events))  # type: ignore[arg-type]
    clock = MovedClock(tmp_path, end_of(due) - timedelta(hours=12) - datetime.now(UTC))
    with workers(settings, tmp_path, clock=clock):
        view = wait_for(settings, shows=lambda view: view.measures["cp_visits"].denominator == 1)
        assert view.measures["cp_visits"].numerator == 1
        assert _gauge(port, "measure_numerator", measure="cp_visits", locality="Stroud") == 1
        clock.move(end_of(due) - timedelta(seconds=3) - datetime.now(UTC))
        seen: list[View] = []

        def late() -> bool:
            seen.append(wait_for(settings))
            return seen[-1].measures["cp_visits"].late == 1

        until(late, "overdue")
        for view in seen:  # from the first instant of the new day, and not before
            assert view.measures["cp_visits"].late == (view.meta.as_of >= end_of(due))
        assert _gauge(port, "measure_numerator", measure="cp_visits", locality="Stroud") == 0
        assert (
            _gauge(port, "measure_status", measure="cp_visits", locality="Stroud", status="overdue")
            == 1
        )
