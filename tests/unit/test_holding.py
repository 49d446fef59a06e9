"""What an owner tells of a partition, and when there is anything new to tell."""

from datetime import date

from casepulse.agents.holding import TELL_ALL_EVERY, Held, Holding
from casepulse.schemas.partial import Partial
from casepulse.schemas.view import AwaitedView
from casepulse.state import Fact
from tests.build import (
    CATALOGUE,
    contact,
    decision,
    entered_care,
    plan,
    statutory_visit,
    visit,
    when,
)


def held_of(*facts: Fact, at: str) -> tuple[Holding, Held]:
    """A holding with a partition of these facts, as at an instant."""
    holding = Holding(CATALOGUE, lambda held: None)
    holding.hold({0})
    held = holding[0]
    held.claim = 7
    for fact in facts:
        held.partition.apply(fact)
    held.partition.advance(when(at))
    return holding, held


def told(holding: Holding, held: Held, *, time_too: bool = False) -> Partial | None:
    """What is told, as the board reads it."""
    partial = holding.partial(held, time_too=time_too)
    if partial is None:
        return None
    return Partial.model_validate_json(partial.model_dump_json(exclude_none=True))


def awaits(partial: Partial | None, measure: str) -> list[AwaitedView]:
    """What a whole partial says of a measure."""
    assert partial is not None
    assert partial.cells is not None
    assert partial.awaited is not None
    return partial.awaited.get(measure, [])


def test_nothing_is_told_twice() -> None:
    holding, held = held_of(plan("2021-01-04"), visit("2021-01-11 10:00"), at="2021-01-12")
    [view] = awaits(told(holding, held), "cp_visits")
    assert view.days == {date(2021, 1, 25): 1}
    assert told(holding, held) is None
    again = told(holding, held, time_too=True)
    assert again is not None
    assert (again.cells, again.awaited, again.same_as) == (None, None, 1)


def test_a_due_day_that_moved_is_told_though_every_count_is_as_it_was() -> None:
    holding, held = held_of(plan("2021-01-04"), visit("2021-01-11 10:00"), at="2021-01-14")
    first = told(holding, held)
    held.partition.apply(visit("2021-01-13 10:00"))
    second = told(holding, held)
    assert first is not None
    assert second is not None
    assert second.cells is not None
    assert second.cells["cp_visits"] == (first.cells or {})["cp_visits"]
    [view] = awaits(second, "cp_visits")
    assert view.days == {date(2021, 1, 27): 1}


def test_what_a_midnight_brings_into_the_look_ahead_is_told_though_nothing_else_happens() -> None:
    """Due on 17 February, the tenth working day from the 3rd."""
    holding, held = held_of(
        entered_care("2020-10-01"), statutory_visit("2021-01-06"), at="2021-02-02 23:59"
    )
    assert awaits(told(holding, held), "statutory_visits") == []
    held.partition.advance(when("2021-02-02 23:59:59"))
    assert told(holding, held) is None
    held.partition.advance(when("2021-02-03"))
    [view] = awaits(told(holding, held), "statutory_visits")
    assert view.days == {date(2021, 2, 17): 1}
    assert told(holding, held) is None


def test_all_is_told_again_before_long() -> None:
    holding, held = held_of(plan("2021-01-04"), visit("2021-01-11 10:00"), at="2021-01-12")
    first = told(holding, held)
    later = [told(holding, held, time_too=True) for _ in range(TELL_ALL_EVERY)]
    assert all(each is not None and each.awaited is None for each in later[:-1])
    assert first is not None
    assert later[-1] is not None
    assert (later[-1].cells, later[-1].awaited) == (first.cells, first.awaited)


def test_the_end_of_a_month_is_told_though_no_count_has_changed() -> None:
    """A contact of January that was decided late is no longer one of the month's."""
    holding, held = held_of(
        contact("2021-01-04 09:00"), decision("2021-01-05 18:00"), at="2021-02-01 00:00"
    )
    [view] = awaits(told(holding, held), "initial_contact_decision")
    assert (view.overdue, view.late_and_over) == (0, 1), "as at its end it is"
    held.partition.advance(when("2021-02-01 00:00:01"))
    assert awaits(told(holding, held), "initial_contact_decision") == []
    assert told(holding, held) is None
