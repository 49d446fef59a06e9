"""The board without a broker: of two partials of a partition, the one that ranks higher holds."""

from datetime import date
from typing import Any

import pytest

from casepulse.agents.board import Board
from casepulse.schemas.partial import Partial
from casepulse.schemas.view import AwaitedView
from casepulse.state import Figures
from casepulse.state.viewing import definitions_version
from tests.build import CATALOGUE, row, when

_MEASURE = "cp_visits"


def _partial(count: int | None, **told: Any) -> Partial:
    """What the owner of partition 0 tells who has counted so many."""
    cells = {_MEASURE: {"at": {"Stroud": {"met": count}}}} if count else None
    standard = {
        "partition": 0,
        "claim": 7,
        "sequence": 5,
        "definitions": definitions_version(CATALOGUE),
        "as_of": when("2021-01-15"),
        "read_to": 99,
        "cells": cells,
    }
    return Partial(**{**standard, **told})


def _wire(partial: Partial) -> Partial:
    """As the board reads what the worker writes."""
    return Partial.model_validate_json(partial.model_dump_json(exclude_none=True))


def _awaited(locality: str, overdue: int, since: str | None, **days: int) -> AwaitedView:
    """Days by their day of January 2021, as d25."""
    return AwaitedView(
        locality=locality,
        overdue=overdue,
        longest_overdue=when(since) if since else None,
        days={date(2021, 1, int(day[1:])): count for day, count in days.items()},
    )


def _shown(board: Board, measure: str = _MEASURE) -> list[AwaitedView]:
    view = board.view()
    assert view is not None
    return view.measures[measure].awaited


def _counted(board: Board) -> int:
    view = board.view()
    assert view is not None
    return view.measures[_MEASURE].denominator or 0


@pytest.mark.parametrize(
    ("rank", "taken"),
    [
        row("an owner that lost the partition and does not know it", (6, 900), False),
        row("an earlier one of the same owner", (7, 4), False),
        row("the same one, read again", (7, 5), False),
        row("the next one of the same owner", (7, 6), True),
        row("the first one of a later owner", (8, 0), True),
    ],
)
def test_of_two_partials_the_one_that_ranks_higher_holds(
    rank: tuple[int, int], taken: bool
) -> None:
    board = Board(CATALOGUE, 1)
    assert board.merge(0, _partial(3))
    claim, sequence = rank
    assert board.merge(1, _partial(8, claim=claim, sequence=sequence)) is taken
    assert _counted(board) == (8 if taken else 3)


def test_as_before_holds_only_where_what_was_before_is_known() -> None:
    board = Board(CATALOGUE, 1)
    assert not board.merge(0, _partial(None, same_as=4))
    assert board.merge(1, _partial(3))
    later = when("2021-01-16")
    assert not board.merge(2, _partial(None, sequence=7, same_as=6, as_of=later))
    assert not board.merge(3, _partial(None, claim=8, sequence=7, same_as=5, as_of=later))
    assert board.merge(4, _partial(None, sequence=7, same_as=5, as_of=later))
    assert _counted(board) == 3


def test_time_alone_makes_figures_anew_where_it_ends_a_month(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A view is wanted once or twice a second: to make one that says the same took a worker with a
    whole county half of its time."""
    made = []

    def figures(*told: Any) -> Figures:
        made.append(number)
        return Figures(*told)

    monkeypatch.setattr("casepulse.agents.board.Figures", figures)
    board = Board(CATALOGUE, 1)
    views = []
    for number, (count, at) in enumerate(
        [
            (3, "2021-01-15"),
            (None, "2021-01-16"),
            (None, "2021-01-31 23:59"),
            (None, "2021-02-02"),
            (4, "2021-02-02"),
        ]
    ):
        told = _partial(count, sequence=5 + number, same_as=None if count else 5, as_of=when(at))
        assert board.merge(number, told)
        view = board.view()
        assert view is not None
        assert view.meta.as_of == when(at)
        views.append(view.measures)
    assert made == [0, 3, 4]
    months = [each[_MEASURE].series[-1].month for each in views]
    assert months == [*["2021-01"] * 3, *["2021-02"] * 2]
    assert [each[_MEASURE].denominator for each in views] == [3, 3, 3, 3, 4]


def test_partials_of_other_definitions_are_not_counted() -> None:
    board = Board(CATALOGUE, 1)
    assert board.merge(0, _partial(3))
    assert not board.merge(1, _partial(8, sequence=6, definitions="another"))
    assert _counted(board) == 3


def test_a_partition_of_which_nobody_tells_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its owner is away, or is not believed; the others' figures must not pass for all."""
    clock = 100.0
    monkeypatch.setattr("casepulse.agents.board.monotonic", lambda: clock)
    board = Board(CATALOGUE, 3)
    assert board.untold(10) == [0, 1, 2]
    board.merge(0, _partial(3))
    board.merge(1, _partial(3, partition=2))
    assert board.untold(10) == [1]
    clock = 109.0
    board.merge(2, _partial(4, sequence=6))
    board.merge(3, _partial(3, partition=2, claim=6))  # refused: from an owner before
    clock = 111.0
    assert board.untold(10) == [1, 2]


def test_what_is_awaited_is_the_sum_of_the_partitions_in_the_profiles_order() -> None:
    board = Board(CATALOGUE, 2)
    here = {
        _MEASURE: [
            _awaited("FoD", 0, None, d26=1),
            _awaited("Stroud", 2, "2021-01-12", d25=1, d27=3),
        ]
    }
    there = {
        _MEASURE: [
            _awaited("Stroud", 1, "2021-01-08", d22=2, d25=4),
            _awaited("Cheltenham", 5, "2021-01-02"),
        ],
        "dental_check": [_awaited("Stroud", 0, None, d20=1)],
    }
    assert board.merge(0, _wire(_partial(3, awaited=here)))
    assert _shown(board) == here[_MEASURE]
    assert board.merge(1, _wire(_partial(3, partition=1, awaited=there)))
    assert _shown(board) == [
        _awaited("Cheltenham", 5, "2021-01-02"),
        _awaited("FoD", 0, None, d26=1),
        _awaited("Stroud", 3, "2021-01-08", d22=2, d25=5, d27=3),
    ]
    [stroud] = [each for each in _shown(board) if each.locality == "Stroud"]
    assert list(stroud.days) == sorted(stroud.days)
    assert _shown(board, "dental_check") == there["dental_check"]
    assert _shown(board, "statutory_visits") == []


def test_a_part_of_a_measure_awaits_its_own_and_not_what_the_whole_does() -> None:
    board = Board(CATALOGUE, 1)
    told = [_awaited("Stroud", 2, "2021-01-12", d25=1)]
    part = [_awaited("Stroud", 1, "2021-01-12")]
    awaited = {_MEASURE: told, "cp_not_seen_20": part}
    assert board.merge(0, _wire(_partial(3, awaited=awaited)))
    assert _shown(board) == told
    assert _shown(board, "cp_not_seen_20") == part
    assert _shown(board, "cp_seen_virtually") == []


def test_what_is_awaited_is_shown_anew_though_no_count_has_changed() -> None:
    """A visit was made before it was due: the next one's day is all that is new."""
    board = Board(CATALOGUE, 1)
    before, after = [_awaited("Stroud", 0, None, d25=1)], [_awaited("Stroud", 0, None, d26=1)]
    assert board.merge(0, _wire(_partial(3, awaited={_MEASURE: before})))
    assert _shown(board) == before
    assert board.merge(1, _wire(_partial(None, sequence=6, same_as=5)))
    assert _shown(board) == before, "as before"
    assert board.merge(2, _wire(_partial(3, sequence=7, awaited={_MEASURE: after})))
    assert _shown(board) == after
    assert board.merge(3, _wire(_partial(3, sequence=8, awaited={})))
    assert _shown(board) == []


def test_an_owner_of_an_earlier_version_says_nothing_of_what_is_awaited() -> None:
    board = Board(CATALOGUE, 2)
    earlier = _wire(_partial(3))
    assert b"awaited" not in earlier.model_dump_json(exclude_none=True).encode()
    assert board.merge(0, earlier)
    told = {_MEASURE: [_awaited("Stroud", 2, "2021-01-12")]}
    assert board.merge(1, _wire(_partial(3, partition=1, awaited=told)))
    assert _shown(board) == told[_MEASURE]
    assert _counted(board) == 6
