"""What one extract after another makes of one fact: told, amended, withdrawn, left, come back."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from casepulse.schemas.envelope import Event
from casepulse.schemas.events import write_event
from casepulse.schemas.events.care import CarePeriodEnded, CarePeriodStarted, CareReviewHeld
from casepulse.schemas.events.child import ChildRegistered
from casepulse.streams.sources.changes import Changes, Word, correction_id
from casepulse.streams.sources.difference import StaleExtractError, difference
from casepulse.streams.sources.extract import Extract, Lies, Said, Window
from casepulse.streams.sources.merging import Merge
from casepulse.streams.sources.told import Told, told_by

FIRST, SECOND, THIRD = (datetime(2026, 6, day, 2, 15, tzinfo=UTC) for day in (28, 29, 30))
EVERYTHING = {
    model.TYPE: Window(date(2000, 1, 1))
    for model in (CarePeriodStarted, CarePeriodEnded, CareReviewHeld, ChildRegistered)
}

REVIEW = "x-reviews-1-20260601-care_review.held"
STARTED = "x-care-1-p-care_period.started"
ENDED = "x-care-1-p-care_period.ended"
CHILD = "x-child-1-child.registered"


def _at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T11:00:00+00:00")


def review(day: str = "2026-06-01", said: Any = "PN1", child: str = "1") -> Said:
    return Said("", f"child:{child}", _at(day), CareReviewHeld(participation=said))


def started(day: str, child: str = "1") -> Said:
    return Said("", f"child:{child}", _at(day), CarePeriodStarted(period="p"))


def ended(day: str, reason: Any = "E4A") -> Said:
    return Said("", "child:1", _at(day), CarePeriodEnded(period="p", reason=reason))


def registered(child: str = "1") -> Said:
    return Said(
        "", f"child:{child}", _at("2010-05-04"), ChildRegistered(sex="M", born="2010-05-04")
    )


def extract(
    taken: datetime,
    says: Mapping[str, Said],
    windows: Mapping[str, Window] | None = None,
    **more: Any,
) -> Extract:
    named = [replace(each, id=name) for name, each in says.items()]
    return Extract("x", taken, named, dict(EVERYTHING if windows is None else windows), **more)


def after(*extracts: Extract) -> Changes:
    """The difference that the last one makes."""
    told = Told()
    for each in extracts:
        changes = difference(told, each)
        told = changes.after
    return changes


def words(changes: Changes) -> list[tuple[str, str]]:
    return [(change.word, change.place.id) for change in changes.changes]


def only(changes: Changes) -> Event[Any]:
    (event,) = changes.events()
    return event


def test_what_is_told_first_counts_as_recorded_when_it_happened() -> None:
    event = only(after(extract(FIRST, {REVIEW: review()})))
    assert (event.id, event.source, event.subject) == (REVIEW, "x", "child:1")
    assert event.recordedtime == event.time == _at("2026-06-01")


def test_what_is_new_later_is_recorded_at_the_instant_of_the_extract() -> None:
    event = only(after(extract(FIRST, {}), extract(SECOND, {REVIEW: review()})))
    assert (event.time, event.recordedtime) == (_at("2026-06-01"), SECOND)


def test_what_says_something_else_is_amended() -> None:
    event = only(
        after(extract(FIRST, {REVIEW: review()}), extract(SECOND, {REVIEW: review(said="PN2")}))
    )
    assert (event.type, event.id) == ("record.amended", f"{REVIEW}@20260629T0215")
    assert (event.time, event.recordedtime, event.data.amends) == (SECOND, SECOND, REVIEW)
    assert event.data.replacement.data == review(said="PN2").data


def test_what_happened_on_another_day_is_amended() -> None:
    event = only(
        after(extract(FIRST, {REVIEW: review()}), extract(SECOND, {REVIEW: review("2026-06-02")}))
    )
    assert event.data.replacement.time == _at("2026-06-02")


def test_what_is_gone_is_withdrawn() -> None:
    event = only(after(extract(FIRST, {REVIEW: review()}), extract(SECOND, {})))
    assert (event.type, event.id) == ("record.voided", f"{REVIEW}@20260629T0215")
    assert event.data.voids == REVIEW


def test_what_comes_back_amends_what_was_withdrawn() -> None:
    there, gone = extract(FIRST, {REVIEW: review()}), extract(SECOND, {})
    changes = after(there, gone, replace(there, taken=THIRD))
    assert words(changes) == [(Word.RETURNED, REVIEW)]
    event = only(changes)
    assert (event.type, event.id) == ("record.amended", f"{REVIEW}@20260630T0215")


def test_what_began_and_is_said_to_begin_ahead_stands_as_it_was_told() -> None:
    before = extract(FIRST, {STARTED: started("2026-01-05"), REVIEW: review()})
    slip = extract(SECOND, {STARTED: started("2030-01-05"), REVIEW: review("2026-06-30")})
    changes = after(before, slip)
    assert words(changes) == [(Word.VOIDED, REVIEW)]
    assert changes.by_type["care_period.started"].held_back == 1
    mended = extract(THIRD, {STARTED: started("2026-01-05")})
    assert words(after(before, slip, mended)) == []


def test_an_id_that_has_no_room_for_the_instant_is_shortened() -> None:
    longest = "x" * 128
    made = correction_id(longest, FIRST)
    assert len(made) <= 128
    assert made.endswith("@20260628T0215")
    assert made != correction_id(longest[:-1] + "y", FIRST)


def test_what_may_be_as_was_told_is_no_change() -> None:
    told = extract(FIRST, {REVIEW: review(said="PN2")})
    unsure = replace(review(said=None), or_else=(review(said="PN1").data, review(said="PN2").data))
    assert not len(after(told, extract(SECOND, {REVIEW: unsure})))
    assert words(after(told, extract(SECOND, {REVIEW: review(said=None)}))) == [
        (Word.AMENDED, REVIEW)
    ]
    moved = replace(unsure, time=_at("2026-06-02"))
    assert only(after(told, extract(SECOND, {REVIEW: moved}))).type == "record.amended"


@pytest.mark.parametrize(("earlier", "same"), [(True, True), (True, False), (False, True)])
def test_who_told_of_the_same_record_knew_whether_it_was_so(earlier: bool, same: bool) -> None:
    """And if so, an earlier fact that the extract need not hold stands in its place."""
    first = {REVIEW.replace("0601", "0501"): review("2026-05-01")} if earlier else {}
    there = {STARTED: started("2026-06-01")} if same else {}
    unsure = replace(review(), unless_told=STARTED)
    now = {STARTED: started("2026-06-01"), REVIEW: unsure}
    changes = after(extract(FIRST, first | there, {}), extract(SECOND, now, {}))
    assert ((Word.NEW, REVIEW) in words(changes)) == (not (earlier and same))


def test_what_is_dated_after_the_extract_waits_for_its_day() -> None:
    planned = {REVIEW: review("2026-06-29")}
    early = after(extract(SECOND, planned))
    assert (len(early), early.by_type["care_review.held"].held_back) == (0, 1)
    event = only(after(extract(SECOND, planned), extract(THIRD, planned)))
    assert (event.time, event.recordedtime) == (_at("2026-06-29"), THIRD)


def test_what_is_put_off_is_withdrawn_until_its_day() -> None:
    changes = after(
        extract(FIRST, {REVIEW: review()}), extract(SECOND, {REVIEW: review("2026-07-01")})
    )
    assert words(changes) == [(Word.VOIDED, REVIEW)]


# --- what leaves, and is not gone ---


def left(changes: Changes) -> int:
    return sum(each.left for each in changes.by_type.values())


@pytest.mark.parametrize(
    ("window", "gone"),
    [
        (Window(date(2026, 6, 1)), True),
        (Window(date(2026, 6, 2)), False),
        (Window(date(2026, 1, 1), until=date(2026, 6, 1)), False),
        (Window(date(2026, 1, 1), until=date(2026, 6, 2)), True),
        (None, False),
    ],
)
def test_what_lies_outside_the_window_has_left(window: Window | None, gone: bool) -> None:
    windows = {} if window is None else {"care_review.held": window}
    changes = after(extract(FIRST, {REVIEW: review()}), extract(SECOND, {}, windows))
    assert (len(changes), left(changes)) == (int(gone), int(not gone))
    again = difference(changes.after, extract(THIRD, {REVIEW: review()}, windows))
    assert len(again) == int(gone), "what has left is held, and need not be told again"


@pytest.mark.parametrize(
    ("end", "gone"), [("2026-05-31", False), ("2026-06-01", True), (None, True)]
)
def test_what_is_open_can_not_have_left(end: str | None, gone: bool) -> None:
    windows = {
        "care_period.started": Window(date(2026, 6, 1), closed_by="care_period.ended"),
        "care_period.ended": Window(date(2026, 6, 1)),
    }
    says = {STARTED: started("2020-01-01")} | ({ENDED: ended(end)} if end else {})
    changes = after(extract(FIRST, says), extract(SECOND, {}, windows))
    assert {word for word, _ in words(changes)} == ({Word.VOIDED} if gone else set())
    assert len(changes) + left(changes) == len(says)


def test_nothing_is_gone_of_a_child_whose_rows_could_not_be_read() -> None:
    changes = after(
        extract(FIRST, {REVIEW: review()}), extract(SECOND, {}, doubtful=frozenset({"child:1"}))
    )
    assert (len(changes), left(changes)) == (0, 1)


OTHER_REVIEW = REVIEW.replace("0601", "0602")
TWO_REVIEWS = {REVIEW: review(), OTHER_REVIEW: review("2026-06-02")}


@pytest.mark.parametrize(
    ("beginning", "gone"),
    [
        (REVIEW, {REVIEW}),
        ("x-reviews-1-", {REVIEW, OTHER_REVIEW}),
        ("x-care-1-", set()),
    ],
)
def test_what_a_source_says_is_gone_is_withdrawn_wherever_it_lies(
    beginning: str, gone: set[str]
) -> None:
    told = extract(FIRST, TWO_REVIEWS)
    purged = extract(SECOND, {}, {}, gone_records={"child:1": {beginning}, "child:2": {"x"}})
    assert words(after(told, purged)) == [(Word.VOIDED, name) for name in sorted(gone)]
    doubtful = replace(purged, doubtful={"child:1"})
    assert len(after(told, doubtful)) == len(gone), "it is no guess"
    said = extract(SECOND, TWO_REVIEWS, {}, gone_records={"child:1": {beginning}})
    assert len(after(told, said)) == 0, "what is said is there"


@pytest.mark.parametrize(
    ("whole_of", "gone"),
    [
        (None, True),
        ({"child:1": frozenset({"care_review.held"})}, True),
        ({"child:1": frozenset({"care_period.ended"})}, False),
        ({"child:2": frozenset({"care_review.held"})}, False),
    ],
)
def test_what_is_missing_is_gone_of_what_is_there_whole_alone(
    whole_of: dict[str, frozenset[str]] | None, gone: bool
) -> None:
    changes = after(extract(FIRST, TWO_REVIEWS), extract(SECOND, {}, whole_of=whole_of))
    assert (len(changes), left(changes)) == ((2, 0) if gone else (0, 2))
    since = {"care_review.held": Window(date(2026, 6, 2))}
    moved_on = after(extract(FIRST, TWO_REVIEWS), extract(SECOND, {}, since, whole_of=whole_of))
    assert len(moved_on) == int(gone), "as far as the window goes"


def test_who_a_child_is_goes_with_the_rest() -> None:
    windows = {"care_review.held": Window(date(2026, 1, 1))}
    other = REVIEW.replace("0601", "0602")

    def then(*kept: str) -> list[tuple[str, str]]:
        says = {CHILD: registered(), REVIEW: review(), other: review("2026-06-02")}
        later = {name: says[name] for name in kept}
        more = {"with_the_rest": frozenset({"child.registered"})}
        return words(after(extract(FIRST, says), extract(SECOND, later, windows, **more)))

    void = Word.VOIDED
    assert then() == [(void, CHILD), (void, REVIEW), (void, other)]
    assert then(REVIEW) == [(void, other)]
    assert then(CHILD) == [(void, REVIEW), (void, other)]


def test_who_a_child_is_stays_if_nothing_else_was_told() -> None:
    more = {"with_the_rest": frozenset({"child.registered"})}
    changes = after(extract(FIRST, {CHILD: registered()}), extract(SECOND, {}, {}, **more))
    assert (len(changes), left(changes)) == (0, 1)


# --- the set as a whole ---


def test_the_order_is_of_a_child_who_it_is_what_was_first_and_what_corrects() -> None:
    before = {"x-reviews-1-20260101-care_review.held": review("2026-01-01")}
    says = {
        ENDED: ended("2026-02-01"),
        REVIEW: review("2026-02-01"),
        STARTED: started("2026-02-01"),
        CHILD: registered(),
    }
    changes = after(extract(FIRST, before), extract(SECOND, says))
    assert words(changes) == [
        (Word.NEW, CHILD),
        (Word.NEW, STARTED),
        (Word.NEW, REVIEW),
        (Word.NEW, ENDED),
        (Word.VOIDED, "x-reviews-1-20260101-care_review.held"),
    ]


def test_rows_that_go_over_to_another_child_are_a_merge() -> None:
    def rows(child: str, count: int) -> dict[str, Said]:
        return {
            f"x-reviews-{child}-{number}-care_review.held": review(
                f"2026-05-{number + 1:02}", child=child
            )
            for number in range(count)
        }

    merged = after(
        extract(FIRST, {**rows("1", 5), **rows("3", 2)}),
        extract(SECOND, {**rows("2", 4), **rows("3", 2)}),
    )
    assert merged.merges == (Merge("child:1", "child:2", 4, 5),)
    three_of_five = after(extract(FIRST, rows("1", 5)), extract(SECOND, rows("2", 3)))
    assert three_of_five.merges == ()


def test_a_row_that_goes_over_under_its_id_counts_at_the_other_child() -> None:
    first = extract(FIRST, {REVIEW: review()})
    over = extract(SECOND, {REVIEW: review(child="2")})
    changes = after(first, over)
    assert [(event.subject, event.type) for event in changes.events()] == [
        ("child:1", "record.voided"),
        ("child:2", "care_review.held"),
    ]
    back = after(first, over, replace(first, taken=THIRD))
    assert [(event.subject, event.type) for event in back.events()] == [
        ("child:1", "record.amended"),
        ("child:2", "record.voided"),
    ]


def test_an_extract_that_is_not_later_and_says_something_else_is_refused() -> None:
    first = extract(SECOND, {REVIEW: review()})
    for taken in (FIRST, SECOND):
        with pytest.raises(StaleExtractError, match="2026-06-29T02:15:00"):
            after(first, extract(taken, {}))
        assert after(first, replace(first, taken=taken)).after.taken == SECOND


def test_the_counts_say_what_became_of_each_type() -> None:
    second = REVIEW.replace("0601", "0602")
    changes = after(
        extract(FIRST, {REVIEW: review(), second: review(), STARTED: started("2020-01-01")}),
        extract(
            SECOND,
            {REVIEW: review(said="PN2"), "x-r-2-care_review.held": review(child="2")},
            {"care_review.held": Window(date(2026, 1, 1))},
        ),
    )
    reviews, periods = changes.by_type["care_review.held"], changes.by_type["care_period.started"]
    assert (reviews.before, reviews.said, reviews.after) == (2, 2, 2)
    assert (reviews.new, reviews.amended, reviews.voided, reviews.left) == (1, 1, 1, 0)
    assert (periods.before, periods.said, periods.after, periods.left) == (1, 0, 1, 1)


def test_what_others_told_is_no_part_of_it() -> None:
    events = list(after(extract(FIRST, {REVIEW: review()})).events())
    other = events[0].model_copy(update={"source": "y", "id": "z"})
    assert len(told_by("x", [*events, other]).records) == 1
    assert told_by("y", []).taken is None


def test_the_events_are_the_same_bytes_however_often_they_are_asked_for() -> None:
    changes = after(extract(FIRST, {REVIEW: review(), CHILD: registered()}))
    assert list(map(write_event, changes.events())) == list(map(write_event, changes.events()))


def test_a_date_in_summer_is_that_of_london() -> None:
    late = Said("", "child:1", datetime(2026, 6, 1, 23, 30, tzinfo=UTC), CareReviewHeld())
    window = {"care_review.held": Window(date(2026, 6, 2))}
    changes = after(extract(FIRST, {REVIEW: late}), extract(SECOND, {}, window))
    assert words(changes) == [(Word.VOIDED, REVIEW)]


# --- what closes a record ---

CLOSING = {
    "care_period.started": Window(
        date(2020, 6, 1), closed_by="care_period.ended", lies=Lies.AT_ITS_BEGINNING
    ),
    "care_period.ended": Window(
        date(2020, 6, 1), opened_by="care_period.started", lies=Lies.AT_ITS_BEGINNING
    ),
}


def test_an_end_leaves_with_its_beginning_however_late_it_came() -> None:
    whole = {STARTED: started("2020-05-31"), ENDED: ended("2024-01-01")}
    changes = after(extract(FIRST, whole, CLOSING), extract(SECOND, {}, CLOSING))
    assert words(changes) == []
    assert {name: each.left for name, each in changes.by_type.items()} == dict.fromkeys(CLOSING, 1)


def test_what_began_late_enough_is_gone_with_its_end() -> None:
    whole = {STARTED: started("2020-06-01"), ENDED: ended("2024-01-01")}
    changes = after(extract(FIRST, whole, CLOSING), extract(SECOND, {}, CLOSING))
    assert sorted(words(changes)) == [("voided", ENDED), ("voided", STARTED)]


@pytest.mark.parametrize("lies", list(Lies))
def test_what_is_said_to_go_on_has_no_end_however_far_that_lies_back(lies: Lies) -> None:
    windows = {name: replace(each, lies=lies) for name, each in CLOSING.items()}
    whole = {STARTED: started("2019-01-01"), ENDED: ended("2020-01-01")}
    changes = after(
        extract(FIRST, whole, windows), extract(SECOND, {STARTED: started("2019-01-01")}, windows)
    )
    assert words(changes) == [("voided", ENDED)]


def test_what_follows_from_records_that_may_have_left_stands_as_it_was_told() -> None:
    def then(told: Said, said: Said) -> list[tuple[str, str]]:
        says = replace(said, in_part=True)
        return words(after(extract(FIRST, {REVIEW: told}), extract(SECOND, {REVIEW: says})))

    assert then(review(), review(said=None)) == []
    assert then(review(), review("2026-06-02", said=None)) == [("amended", REVIEW)]
    changes = after(extract(FIRST, {REVIEW: replace(review(said=None), in_part=True)}))
    assert words(changes) == [("new", REVIEW)]


# --- what has ended without a word, and what is the latest of a series ---


def test_what_lies_at_a_beginning_that_was_not_told_is_never_gone() -> None:
    alone = extract(FIRST, {ENDED: ended("2026-06-05")}, CLOSING)
    assert not after(alone, extract(SECOND, {}, CLOSING)).changes


def test_what_was_open_may_have_ended_since_the_last_extract() -> None:
    def windows(since: date) -> dict[str, Window]:
        return {CarePeriodStarted.TYPE: Window(since, closed_by=CarePeriodEnded.TYPE)}

    first = extract(FIRST, {STARTED: started("2020-01-01")})
    soon = extract(SECOND, {}, windows(date(2026, 6, 28)))
    late = extract(SECOND, {}, windows(date(2026, 6, 29)))
    assert words(after(first, soon)) == [("voided", STARTED)]
    assert not after(first, late).changes


def _over(subject: str, name: str, time: datetime, taken: datetime) -> Said:
    return replace(ended("2026-06-20"), id=ENDED)


def test_what_is_over_stands_with_its_end_wherever_it_lies() -> None:
    more = {"endings": {CarePeriodStarted.TYPE: _over}}
    first = extract(FIRST, {STARTED: started("2026-06-01")}, **more)
    told = after(first, extract(SECOND, {}, **more))
    assert words(told) == [("new", ENDED)]
    assert not after(first, extract(SECOND, {}, **more), extract(THIRD, {}, **more)).changes
    known = extract(FIRST, {STARTED: started("2026-06-01"), ENDED: ended("2026-06-10")}, **more)
    assert not after(known, extract(SECOND, {}, **more)).changes
    again = extract(THIRD, {STARTED: started("2026-06-01")}, **more)
    assert words(after(first, extract(SECOND, {}, **more), again)) == [("voided", ENDED)]


def test_what_is_later_than_the_latest_of_its_series_was_a_mistake() -> None:
    def last(*days: str) -> dict[str, Said]:
        return {f"x-seen-1-{each}": replace(review(each), latest_of="x-seen-1-") for each in days}

    before = extract(FIRST, last("2026-06-01", "2026-06-05"), {})
    assert (
        not after(before, extract(SECOND, last("2026-06-06"), {}))
        .by_type[CareReviewHeld.TYPE]
        .voided
    )
    back = after(before, extract(SECOND, last("2026-06-03"), {}))
    assert sorted(words(back)) == [
        ("new", "x-seen-1-2026-06-03"),
        ("voided", "x-seen-1-2026-06-05"),
    ]
    for days in (("2026-06-01", "2026-06-06"), ("2026-06-06", "2026-06-01")):
        assert [word for word, _ in words(after(before, extract(SECOND, last(*days), {})))] == [
            "new"
        ]
