"""Times that are not as usual: told a year late and backwards, days that are longer or shorter or
moved, and a machine whose clock is set back."""

import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from redis import Redis

from casepulse.agents.redis_view import Keys
from casepulse.counties.scenario import scenario
from casepulse.schemas.events import make_event
from casepulse.schemas.events.clock import ClockTicked
from casepulse.state.calendar import midnight
from tests.bad_days import FACTS, BadDay, watched
from tests.running import (
    LONG,
    MovedClock,
    installation,
    is_tick,
    keyed,
    oracle,
    read_count,
    send,
    send_tick,
    wait_for,
    wait_until_read,
    workers,
)
from tests.waiting import until

pytestmark = pytest.mark.broker


def test_a_year_told_backwards_with_two_tellings_of_the_same_id_gives_the_batch(
    kafka_address: str, redis_url: str, redis_client: Redis, tmp_path: Path, bad_day: BadDay
) -> None:
    """Corrections come before what they correct. Of two tellings, the later recorded one holds."""
    events = list(scenario(seed=8, children=60, months=12))
    facts, last = [event for event in events if not is_tick(event)], events[-1]
    told_before = [
        event.model_copy(
            update={
                "recordedtime": event.recordedtime - timedelta(minutes=1),
                "data": next(
                    other.data for other in facts if other.type == event.type and other != event
                ),
            }
        )
        for event in facts[-300::10]
        if sum(other.type == event.type for other in facts) > 1
        and event.recordedtime - timedelta(minutes=1) >= event.time
    ]
    assert len(told_before) > 10
    assert any(event.type == "record.amended" for event in facts)
    told = [*reversed(facts), *told_before]
    settings = installation(kafka_address, redis_url, "backwards")
    with workers(settings, tmp_path, count=2):
        sent = send(settings, keyed(told)) + send_tick(settings, last)
        ended = time.monotonic()
        view = wait_until_read(settings, sent, last.time)
        took = time.monotonic() - ended
        fault = "a year told backwards, ids told twice with different content"
        bad_day.same(fault, view, oracle(told, last.time), sent, took)
        assert view.cells() == oracle(facts, last.time), "what was recorded later must hold"


_DAYS = {
    "the clocks go back, 25 October 2020": date(2020, 10, 26),
    "the clocks go forward, 29 March 2020": date(2020, 3, 30),
    "29 February 2020": date(2020, 3, 1),
    "the bank holiday moved to 8 May 2020": date(2020, 5, 9),
    "31 December 2020": date(2021, 1, 1),
}


@pytest.mark.parametrize("day", _DAYS if LONG else list(_DAYS)[:1])
def test_around_the_midnights_of_odd_days_each_view_is_the_batch(
    kafka_address: str,
    redis_url: str,
    redis_client: Redis,
    tmp_path: Path,
    bad_day: BadDay,
    day: str,
) -> None:
    """From the hour before the day to the hour after it; halves of hours as it begins and ends."""
    ends = _DAYS[day]
    begins, end = midnight(ends - timedelta(days=1)), midnight(ends)
    instants = [
        *(begins + timedelta(minutes=30 * step) for step in (-2, -1, 0, 1, 2, 3, 4, 5)),
        *(end + timedelta(minutes=30 * step) for step in (-1, 0, 1, 2)),
    ]
    facts = [
        event
        for event in scenario(seed=9, children=30, months=1, ends=ends + timedelta(days=1))
        if not is_tick(event)
    ]
    settings = installation(kafka_address, redis_url, f"odd-{ends}")
    with workers(settings, tmp_path):
        sent = told = 0
        for number, instant in enumerate(instants):
            until_then = next(
                (place for place, fact in enumerate(facts) if fact.recordedtime >= instant),
                len(facts),
            )
            sent += send(settings, keyed(facts[told:until_then]))
            told = until_then
            tick = make_event(
                ClockTicked(),
                id=f"odd-{number}",
                source="test",
                subject="clock:county",
                time=instant,
                recorded=instant,
            )
            sent += send_tick(settings, tick)
            view = wait_until_read(settings, sent, instant)
            bad_day.same(day, view, oracle(facts[:told], instant), sent)


def test_a_clock_set_back_an_hour_takes_no_figure_back(
    kafka_address: str, redis_url: str, redis_client: Redis, tmp_path: Path, bad_day: BadDay
) -> None:
    """What comes in meanwhile counts as at the latest instant that was reached."""
    settings = installation(kafka_address, redis_url, "set-back", clock="wall")
    clock = MovedClock(tmp_path)
    messages = keyed(FACTS)
    half = len(messages) // 2
    with workers(settings, tmp_path, clock=clock), watched(settings) as views:
        sent = send(settings, messages[:half])
        wait_for(settings, lambda meta: read_count(meta) == sent)
        before = wait_for(settings).meta.as_of
        clock.move(timedelta(hours=-1))
        back = datetime.now(UTC)
        sent += send(settings, messages[half:])
        view = wait_for(settings, lambda meta: read_count(meta) == sent)
        # A worker that looked at its clock just before may still tell of that instant.
        assert before <= view.meta.as_of <= back + timedelta(seconds=2)
        fault = "the machine's clock is set back an hour"
        bad_day.same(fault, view, oracle(FACTS, view.meta.as_of), sent)
        stood = view.meta.as_of
        beats = Keys.of(settings).heartbeat
        for _ in range(3):  # it is told again and again, and stands still
            told = redis_client.get(beats)
            until(lambda told=told: redis_client.get(beats) not in (None, told), "told anew")
            assert wait_for(settings).meta.as_of == stood
        clock.move(timedelta())
        wait_for(settings, lambda meta: meta.as_of > stood)
    instants = [view.meta.as_of for view in views]
    assert instants == sorted(instants)
