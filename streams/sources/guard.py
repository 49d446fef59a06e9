"""An extract that would give wrong figures is refused whole, until somebody has looked at it.

One that was cut short is told from a change by how much of what was told would be gone: a table
that is refilled every night is empty for a while, and whoever reads it then would withdraw all that
was ever told of it. One that is broken is told by its rows: of a few bad ones the rest can be told,
of a file that is bad from end to end, as when its dates are written in another way, it can't.
"""

from collections.abc import Iterable, Mapping

from casepulse.schemas.errors import FailedError
from casepulse.streams.sources.account import Account
from casepulse.streams.sources.changes import Counts, WhatChanged
from casepulse.streams.sources.extract import DELTA

#: How many facts of a type may be gone at once: so many, or this share of them if that is more.
MANY, SHARE = 50, 0.02


#: A file is broken of which so many rows are bad, and more than this share of them; if it has more
#: than this share of all rows: of an extract that can be read but for a corner the rest is told.
SEVERAL, MOST, CORNER = 3, 0.5, 0.01


class RefusedExtractError(FailedError):
    """An extract that would give wrong figures. The message says why, and what to do."""


class HalfExtractError(RefusedExtractError):
    """Too much would be withdrawn. The message has the counts by type."""


class BrokenExtractError(RefusedExtractError):
    """Too little of it can be read. The message has the counts by file."""


def too_much_is_gone(by_type: Mapping[str, Counts], kind: str = "full") -> dict[str, Counts]:
    """The types of which all is gone, or more than can be believed. Of what has not changed, an
    extract of changes alone says nothing."""

    def is_unlikely(counts: Counts) -> bool:
        nothing_left = counts.said == 0 and counts.voided > 0 and kind != DELTA
        return nothing_left or counts.voided + counts.over > max(MANY, SHARE * counts.before)

    return {name: counts for name, counts in by_type.items() if is_unlikely(counts)}


def check(changes: WhatChanged) -> None:
    """See that an extract is no half of one; else nothing is told until somebody has looked.

    Raises:
        HalfExtractError: it looks like one.
    """
    if changes.kind == DELTA and _is_first(list(changes.by_type.values())):
        raise HalfExtractError(
            "the extract holds what has changed alone, and nothing was told before it; tell one of "
            "all first, or, if this is all there is: --accept"
        )
    if changes.kind != DELTA and not any(
        each.said or each.before for each in changes.by_type.values()
    ):
        raise HalfExtractError(
            "the extract holds nothing that could be told, and nothing was told before it; look "
            "at it, and take it again"
        )
    gone = too_much_is_gone(changes.by_type, changes.kind)
    if gone:
        lines = [
            f"{name}: {counts.before} before, {counts.said} in the extract; {counts.voided} would "
            "be withdrawn" + (f", {counts.over} told for what is missing" if counts.over else "")
            for name, counts in gone.items()
        ]
        raise HalfExtractError(
            "the extract looks cut short, and nothing was told:\n"
            + "\n".join(lines)
            + "\nlook at it, and take it again; if all of that is truly gone: --accept"
        )


def _is_first(by_type: list[Counts]) -> bool:
    return any(each.said for each in by_type) and not any(each.before for each in by_type)


def broken(accounts: Iterable[Account]) -> list[Account]:
    """The files that can't be read as a whole, or most of whose rows can't."""
    every = list(accounts)
    corner = CORNER * sum(each.rows for each in every)
    return [
        each
        for each in every
        if each.broken
        or (each.bad >= SEVERAL and each.bad > MOST * each.rows and each.rows > corner)
    ]


def check_rows(accounts: Iterable[Account]) -> None:
    """See that an extract can be read, but for a row here and there; else nothing is told until
    somebody has looked.

    Raises:
        BrokenExtractError: a file of it is bad, or most of its rows are.
    """
    lines = [
        f"{each.file}: {each.bad} of {each.rows} rows can't be read" for each in broken(accounts)
    ]
    if lines:
        raise BrokenExtractError(
            "the extract is broken, and nothing was told:\n"
            + "\n".join(lines)
            + "\nsee above why, and take it again; to tell the rest of it as it is: --accept"
        )
