"""What became of an extract: of each row, and of each fact; on standard error, for a person."""

import sys
from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated

import typer
from rich import box
from rich.table import Table

from casepulse.streams.sources.account import BadRow
from casepulse.streams.sources.changes import WhatChanged
from casepulse.streams.sources.extract import Extract
from casepulse.terminal.event_lines import InputError
from casepulse.terminal.options import day, instant
from casepulse.terminal.screen import aside, show_aside

TakenOption = Annotated[
    datetime | None,
    typer.Option(
        "--taken",
        parser=instant,
        metavar="INSTANT",
        help="When the extract was taken: 2018-07-02 (that midnight in London) or "
        "2018-07-02T02:15:00+00:00. What is dated after it is held back. Default: now.",
    ),
]

YearEndOption = Annotated[
    date | None,
    typer.Option(
        parser=day,
        help="The 31 March that ends the return's year. Default: found from its dates.",
        metavar="DAY",
    ),
]


def say(lines: Iterable[bytes]) -> None:
    """Write events to standard output."""
    for line in lines:
        sys.stdout.buffer.write(line + b"\n")
    sys.stdout.flush()


def pass_over(lines: Iterable[bytes]) -> None:
    """Tell nobody."""
    for _ in lines:
        pass


def say_rows(extract: Extract) -> None:
    """What became of every row."""
    for row in _bad_rows(extract):
        aside.print(str(row), style="red", highlight=False, soft_wrap=True)
    columns = ("rows", "told", "repeated", "outside", "held back", "passed over", "bad", "facts")
    table = _table("What became of every row", "table", columns)
    for each in extract.accounts:
        counts = (
            each.rows,
            each.told,
            each.repeated,
            each.outside,
            each.held_back,
            each.passed_over,
            each.bad,
            each.facts,
        )
        table.add_row(each.file, *map(str, counts))
    show_aside(table, "outside", "held back", "passed over", "repeated")
    for each in extract.accounts:
        for column, count in sorted(each.unknown_codes.items()):
            aside.print(
                f"{each.file}, {column}: codes that are not known, and were left out: {count}",
                highlight=False,
                soft_wrap=True,
            )
    for note in extract.notes:
        aside.print(note, highlight=False, soft_wrap=True)


def say_earlier(extract: Extract, place: str) -> None:
    """What an extract is taken for that was told before: it must be what it was taken for then."""
    bad = len(_bad_rows(extract))
    aside.print(
        f"told before: {place}, {extract.kind}, bad rows: {bad}", highlight=False, soft_wrap=True
    )


def _bad_rows(extract: Extract) -> list[BadRow]:
    return [row for account in extract.accounts for row in account.bad_rows]


def say_changes(changes: WhatChanged) -> None:
    """What became of the facts of each type, and who looks merged into whom."""
    columns = ("before", "new", "amended", "returned", "withdrawn", "left", "held back", "after")
    table = _table(f"What has changed: {changes.source}, {changes.kind}", "type", columns)
    for name, each in changes.by_type.items():
        counts = (
            each.before,
            each.new,
            each.amended,
            each.returned,
            each.voided,
            each.left,
            each.held_back,
            each.after,
        )
        table.add_row(name, *map(str, counts))
    show_aside(table, "before", "after", "left", "returned", "held back")
    for merge in changes.merges:
        aside.print(
            f"merged: {merge.old} into {merge.new} ({merge.facts} of {merge.of} facts)",
            highlight=False,
        )


def say_held_back(changes: WhatChanged) -> None:
    """How much is dated after the extract, if anything."""
    held_back = sum(each.held_back for each in changes.by_type.values())
    if held_back:
        aside.print(f"held back, for they are dated after the extract: {held_back}")


def refuse_bad_rows(extract: Extract) -> None:
    """End with a status of 1 if some rows were bad.

    Raises:
        InputError: they were.
    """
    if bad := sum(each.bad for each in extract.accounts):
        raise InputError(f"bad rows left out: {bad}")


def _table(title: str, first: str, columns: tuple[str, ...]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=title)
    table.add_column(first, no_wrap=True)
    for name in columns:
        table.add_column(name, justify="right", no_wrap=True)
    return table
