"""When many messages are set aside for one reason."""

import pytest

from casepulse.agents.set_aside import LATELY, SetAside
from casepulse.schemas.events import Reason


class _Clock:
    at = 1000.0

    def __call__(self) -> float:
        return self.at


def _counted(good: int, bad: int, reason: Reason = Reason.WRONG_PARTITION) -> SetAside:
    counts = SetAside(_Clock())
    for _ in range(good):
        counts.read()
    for _ in range(bad):
        counts.read(reason)
    return counts


@pytest.mark.parametrize("reason", Reason)
def test_a_high_share_is_named_with_its_reason_and_what_to_do(reason: Reason) -> None:
    said = _counted(29, 71, reason).obstacle()
    assert said.startswith("71 of the 100 messages read in 10 minutes are set aside: ")
    assert reason.value in said
    assert "casepulse dead-letters list" in said


@pytest.mark.parametrize(("good", "bad"), [(0, 3), (27, 3), (0, 100), (90, 10)])
def test_few_events_at_night_are_enough(good: int, bad: int) -> None:
    assert "murmur2" in _counted(good, bad).obstacle()


@pytest.mark.parametrize(("good", "bad"), [(0, 0), (100, 0), (0, 2), (10_000, 100)])
def test_single_mistakes_are_no_obstacle(good: int, bad: int) -> None:
    assert _counted(good, bad).obstacle() == ""


def test_two_reasons_are_both_named() -> None:
    counts = _counted(0, 10)
    for _ in range(20):
        counts.read(Reason.UNKNOWN_TYPE)
    first, second = counts.obstacle().split("; ", 1)[0], counts.obstacle()
    assert first.endswith("unknown_type")
    assert "wrong_partition" in second


def test_it_is_forgotten_in_time() -> None:
    clock = _Clock()
    counts = SetAside(clock)
    for _ in range(10):
        counts.read(Reason.INVALID)
    clock.at += LATELY / 2
    counts.read()
    assert counts.obstacle()
    clock.at += LATELY / 2 + 10
    assert counts.obstacle() == ""
    counts.read()
    assert len(counts._lately) <= 2
