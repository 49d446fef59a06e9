"""The placements of a payload: time in care and moves, whichever way the rows contradict."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from casepulse.schemas.profile import load_profile
from casepulse.state import Case, CaseView, Fact, catalogue_for
from casepulse.state.records.care import care_periods, current_placement, placements
from casepulse.state.records.stays import in_care
from casepulse.streams.sources.difference import Changes
from tests.dfe_payloads import Json, Payloads, episode, of, placement

AT = datetime(2026, 7, 20, tzinfo=UTC)


@pytest.fixture
def payloads(tmp_path: Path) -> Payloads:
    return Payloads(tmp_path)


def tell(payloads: Payloads, *stays: Json) -> Changes:
    """In two episodes: which one a placement stands in says nothing."""
    half = len(stays) // 2
    parts = (stays[half:], stays[:half])
    episodes = [
        episode(f"e{number}", child_looked_after_placements=list(part))
        for number, part in enumerate(parts)
    ]
    return payloads.tell(of(*episodes))


def view(payloads: Payloads, at: datetime = AT) -> CaseView:
    case = Case("child:1")
    for event in payloads.events:
        case.add(Fact.of(event))
    found = catalogue_for(load_profile()).view(case, at)
    found.begin()
    return found


def ended(day: str, reason: str = "X1", **more: str) -> dict[str, str]:
    return {"end_date": day, "end_reason": reason, **more}


S1 = placement("l1", "2025-05-01", "S", **ended("2025-08-01", change_reason="CARPL"))


@pytest.mark.parametrize(
    ("stays", "is_in_care", "periods", "moves"),
    [
        ([placement("l1", "2025-05-01", "S")], True, 1, 1),
        ([placement("l1", "2025-05-01", "L")], True, 1, 1),
        ([placement("l1", "2025-05-01", "S", **ended("2025-08-01", "E4A"))], False, 1, 1),
        ([placement("l1", "2025-05-01", "S", end_date="2025-08-01")], False, 1, 1),
        ([placement("l1", "2025-05-01", "S", end_reason="X1")], True, 1, 1),
        # a move; another legal status; both
        ([S1, placement("l2", "2025-08-01", "P", kind="U4")], True, 1, 2),
        ([S1, placement("l2", "2025-08-01", "L")], True, 1, 1),
        ([S1, placement("l2", "2025-08-01", "B")], True, 1, 2),
        ([S1, placement("l2", "2025-08-01", "P", **ended("2026-01-10", "E4A"))], False, 1, 2),
        # care goes on, and where is not said
        ([S1], True, 1, 1),
        ([S1, placement("l2", "2025-09-01", "P")], True, 1, 2),
        # home for a while, and back in care
        ([S1, placement("l2", "2025-09-01", "S")], True, 2, 2),
        ([placement("l1", "2025-05-01", "S", **ended("2025-08-01", "E4A")),
          placement("l2", "2025-09-01", "S", **ended("2025-10-01", "E4A"))], False, 2, 2),
        # the first one has no end, though another follows
        ([placement("l1", "2025-05-01", "S"), placement("l2", "2025-08-01", "P")], True, 1, 2),
        ([placement("l1", "2025-05-01", "S"),
          placement("l2", "2025-08-01", "P", **ended("2025-09-01", "E4A"))], False, 1, 2),
        # a holiday is no move
        ([placement("l1", "2025-05-01", "S", **ended("2025-08-01")),
          placement("l2", "2025-08-01", "P", kind="T1", **ended("2025-08-15")),
          placement("l3", "2025-08-15", "P")], True, 1, 1),
        ([placement("l1", "2025-05-01", "S", **ended("2025-08-01")),
          placement("l2", "2025-08-01", "P", kind="T1", **ended("2025-08-15")),
          placement("l3", "2025-08-15", "P", kind="K2")], True, 1, 2),
        # two of one day
        ([placement("l1", "2025-05-01", "S", **ended("2025-05-01")),
          placement("l2", "2025-05-01", "P")], True, 1, 2),
    ],
)  # fmt: skip
def test_time_in_care_and_moves(
    payloads: Payloads, stays: list[Json], is_in_care: bool, periods: int, moves: int
) -> None:
    tell(payloads, *stays)
    seen = view(payloads)
    assert bool(in_care(seen)) == is_in_care
    assert len(care_periods(seen)) == periods
    assert len(placements(seen)) == moves
    assert (current_placement(seen) is not None) == is_in_care
    assert len(tell(payloads, *reversed(stays))) == 0, "the order says nothing"


def test_one_that_is_open_and_began_before_others_ended_keeps_the_child_in_care(
    payloads: Payloads,
) -> None:
    tell(
        payloads,
        placement("l1", "2025-05-16", "P", **ended("2025-10-06")),
        placement("l2", "2025-10-06", "U", **ended("2025-12-26", "E8")),
        placement("l3", "2025-09-04", "S"),
    )
    seen = view(payloads)
    assert in_care(seen)
    assert [period.day.isoformat() for period in care_periods(seen)] == ["2025-05-16"]


def test_why_a_placement_changed_stands_in_the_one_before(payloads: Payloads) -> None:
    tell(payloads, S1, placement("l2", "2025-08-01", "P"))
    reasons = {
        event.data.placement: event.data.change_reason
        for event in payloads.events
        if event.type == "placement.started"
    }
    assert reasons == {"l1": None, "l2": "CARPL"}


def test_care_goes_on_when_its_first_placements_have_left_the_payload(payloads: Payloads) -> None:
    old = placement("l1", "2023-01-05", "S", **ended("2023-03-01", change_reason="CARPL"))
    moved = placement("l2", "2023-03-01", "P", kind="U4", **ended("2025-08-01"))
    status = placement("l3", "2025-08-01", "L", kind="U4")
    tell(payloads, old, moved, status)
    before = [care_periods(view(payloads))[0].day, len(placements(view(payloads)))]
    assert len(tell(payloads, moved, status)) == 0
    tell(payloads, status)  # where the second one, which ended in the window, should stand
    assert [care_periods(view(payloads))[0].day, len(placements(view(payloads)))] != before
    payloads.taken = payloads.taken.replace(year=2027, month=9)
    tell(payloads, moved, status)
    assert [care_periods(view(payloads))[0].day, len(placements(view(payloads)))] == before
    payloads.taken = payloads.taken.replace(year=2028)
    assert len(tell(payloads, status)) == 0
    assert [care_periods(view(payloads))[0].day, len(placements(view(payloads)))] == before


def test_a_bad_placement_is_lost_and_the_others_are_told(payloads: Payloads) -> None:
    stays = [
        placement("l1", "2025-05-01", "S"),
        placement("l2", "2025-06-01", end_date="2025-05-01"),
    ]
    read = payloads.read(of(episode(child_looked_after_placements=stays)))
    assert [data["period"] for _, data in read.of_type("care_period.started")] == ["l1"]
    assert read.bad[0].endswith("child_looked_after_placements[2].end_date: lies before start_date")


def test_a_special_guardianship_of_before_2019_is_one(payloads: Payloads) -> None:
    for reason, meant in (("E43", "E45"), ("e44", "E48"), ("E4a", "E4A"), ("E1", None)):
        stay = placement("l1", "2025-05-01", "S", **ended("2025-08-01", reason))
        read = payloads.read(of(episode(child_looked_after_placements=[stay])))
        ((_, data),) = read.of_type("care_period.ended")
        assert data.get("reason") == meant
