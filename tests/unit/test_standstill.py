"""A worker that stands still: noticed, named, and ended in time; and one that only waits is not."""

import asyncio
from collections.abc import Mapping

import pytest

from casepulse.agents.standstill import Standstill, Step, watch


def _steps(**marks: object) -> dict[str, Step]:
    return {name: Step(f"does {name}", mark) for name, mark in marks.items()}


def test_it_is_over_once_a_step_has_not_got_on_for_the_bound() -> None:
    standstill = Standstill(30)
    for _ in range(16):
        assert not standstill.over()
        standstill.look(_steps(reads=7), 2, counts=True)
    assert standstill.over()
    assert standstill.longest() == ("does reads", 30.0)


def test_a_step_that_gets_on_is_never_over_however_long_it_takes() -> None:
    standstill = Standstill(30)
    for row in range(1000):
        standstill.look(_steps(restores=row), 2, counts=True)
    assert standstill.longest()[1] == 0


def test_one_partition_that_stands_still_is_seen_beside_others_that_get_on() -> None:
    standstill = Standstill(30)
    for number in range(17):
        standstill.look(_steps(first=number, second=0), 2, counts=True)
    assert standstill.over()
    assert standstill.longest()[0] == "does second"


def test_a_kafka_that_is_away_is_waited_for() -> None:
    standstill = Standstill(30)
    for _ in range(1000):
        standstill.look(_steps(reads=7), 2, counts=False)
    assert standstill.longest() == ("does reads", 0.0)
    standstill.look(_steps(reads=7), 2, counts=True)
    assert standstill.longest()[1] == 2


def test_nothing_to_wait_for_is_no_standstill() -> None:
    standstill = Standstill(30)
    standstill.look(_steps(reads=7), 2, counts=True)
    standstill.look({}, 2, counts=True)
    assert standstill.longest() == ("", 0.0)


def test_it_ends_the_worker_once_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casepulse.agents.standstill.LOOK_EVERY", 0.01)
    ended: list[str] = []
    looks = 0

    async def steps() -> Mapping[str, Step] | None:
        nonlocal looks
        looks += 1
        return None if looks < 5 else _steps(reads=7)

    asyncio.run(watch(Standstill(0.05), steps, lambda: looks > 1000, ended.append))
    assert len(ended) == 1
    assert ended[0].startswith("does reads, without getting on for")
    assert looks > 5
