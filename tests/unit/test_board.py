"""The board without a broker: of two partials of a partition, the one that ranks higher holds."""

from typing import Any

import pytest

from agents.board import Board
from schemas.partial import Partial
from state.viewing import definitions_version
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


def test_partials_of_other_definitions_are_not_counted() -> None:
    board = Board(CATALOGUE, 1)
    assert board.merge(0, _partial(3))
    assert not board.merge(1, _partial(8, sequence=6, definitions="another"))
    assert _counted(board) == 3


def test_a_partition_of_which_nobody_tells_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its owner is away, or is not believed; the others' figures must not pass for all."""
    clock = 100.0
    monkeypatch.setattr("agents.board.monotonic", lambda: clock)
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
