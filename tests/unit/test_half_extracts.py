"""A half-full extract is refused, with the counts that show it; a change is not."""

from datetime import datetime

import pytest

from casepulse.schemas.events.care import CarePeriodEnded, CarePeriodStarted
from casepulse.streams.sources.changes import Changes
from casepulse.streams.sources.extract import Said
from casepulse.streams.sources.guard import HalfExtractError, check, too_much_is_gone
from tests.unit.test_difference_of_extracts import (
    FIRST,
    SECOND,
    STARTED,
    after,
    extract,
    review,
    started,
)


def reviews(count: int, said: str = "PN1") -> dict[str, Said]:
    return {
        f"x-reviews-{number}-care_review.held": review(said=said, child=str(number))
        for number in range(count)
    }


def then(before: int, now: int) -> Changes:
    return after(extract(FIRST, reviews(before)), extract(SECOND, reviews(now)))


def test_a_first_extract_of_nothing_is_refused() -> None:
    with pytest.raises(HalfExtractError, match="nothing that could be told"):
        check(then(0, 0))


@pytest.mark.parametrize(
    ("before", "now", "refused"),
    [
        (0, 10, False),
        (1, 0, True),
        (60, 0, True),
        (60, 10, False),
        (60, 9, True),
        (1000, 950, False),
        (1000, 949, True),
        (5000, 4900, False),
        (5000, 4899, True),
    ],
)
def test_more_than_fifty_and_a_fiftieth_is_too_much(before: int, now: int, refused: bool) -> None:
    changes = then(before, now)
    assert bool(too_much_is_gone(changes.by_type)) == refused
    if not refused:
        check(changes)


def test_the_counts_are_said_by_type() -> None:
    with pytest.raises(HalfExtractError) as refused:
        check(then(60, 9))
    said = str(refused.value)
    assert "care_review.held: 60 before, 9 in the extract; 51 would be withdrawn" in said
    assert "--accept" in said


def test_of_two_types_the_one_that_is_empty_is_named() -> None:
    says = {**reviews(5), STARTED: started("2026-01-05")}
    with pytest.raises(HalfExtractError) as refused:
        check(after(extract(FIRST, says), extract(SECOND, reviews(5))))
    assert "care_period.started: 1 before, 0 in the extract" in str(refused.value)
    assert "care_review.held" not in str(refused.value)


def _ended(subject: str, name: str, time: datetime, taken: datetime) -> Said:
    return Said(f"{name}-over", subject, taken, CarePeriodEnded(period="p"))


@pytest.mark.parametrize(("before", "now", "refused"), [(100, 50, False), (100, 49, True)])
def test_so_is_one_by_which_too_many_would_be_over(before: int, now: int, refused: bool) -> None:
    def stays(count: int) -> dict[str, Said]:
        return {
            f"x-care-{number}-care_period.started": started("2026-01-05", child=str(number))
            for number in range(count)
        }

    endings = {CarePeriodStarted.TYPE: _ended}
    changes = after(
        extract(FIRST, stays(before), endings=endings), extract(SECOND, stays(now), endings=endings)
    )
    assert bool(too_much_is_gone(changes.by_type)) == refused
    if refused:
        with pytest.raises(HalfExtractError, match="51 told for what is missing"):
            check(changes)


def test_amendments_are_no_withdrawals() -> None:
    check(after(extract(FIRST, reviews(100)), extract(SECOND, reviews(100, "PN2"))))


def test_what_has_left_is_not_gone() -> None:
    check(after(extract(FIRST, reviews(100)), extract(SECOND, {}, {})))


def test_an_extract_of_changes_says_little_and_is_not_cut_short() -> None:
    there = extract(FIRST, reviews(60))
    some = extract(SECOND, {}, {}, gone_records={"child:1": {"x-reviews-1-"}}, kind="delta")
    check(after(there, some))
    every = {f"child:{number}": {f"x-reviews-{number}-"} for number in range(60)}
    with pytest.raises(HalfExtractError):
        check(after(there, extract(SECOND, {}, {}, gone_records=every, kind="delta")))


def test_changes_alone_are_no_beginning() -> None:
    with pytest.raises(HalfExtractError, match="nothing was told before it"):
        check(after(extract(FIRST, reviews(1), kind="delta")))
    check(after(extract(FIRST, {}, kind="delta")))
    check(after(extract(FIRST, reviews(1)), extract(SECOND, reviews(1), {}, kind="delta")))
