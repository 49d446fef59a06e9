"""What became of an extract: of each row, and of each fact; on standard error, for a person."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.table import Table

from casepulse.streams.sources.difference import Changes
from casepulse.streams.sources.ssda903 import Summary
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


def say_rows(summary: Summary) -> None:
    """What became of every row."""
    for row in summary.bad_rows:
        aside.print(str(row), style="red", highlight=False, soft_wrap=True)
    columns = ("rows", "told", "repeated", "bad", "facts")
    table = _table("What became of every row", "file", columns)
    for each in summary.accounts:
        counts = (each.rows, each.told, each.repeated, each.bad, each.facts)
        table.add_row(each.file, *map(str, counts))
    show_aside(table)
    for words, files in (
        ("not read, for it is no file of the return", summary.unknown_files),
        ("missing", summary.missing_files),
    ):
        if files:
            aside.print(f"{words}: {', '.join(files)}", highlight=False)
    if summary.year_end:
        aside.print(f"the year of the return ends on {summary.year_end}", highlight=False)


def say_earlier(folder: Path, summary: Summary) -> None:
    """What an extract is taken for that was told before: it must be what it was taken for then."""
    year = f"year ends on {summary.year_end}" if summary.year_end else "year not known"
    aside.print(
        f"told before: {folder}, {year}, bad rows: {len(summary.bad_rows)}",
        highlight=False,
        soft_wrap=True,
    )


def say_changes(changes: Changes) -> None:
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


def say_held_back(changes: Changes) -> None:
    """How much is dated after the extract, if anything."""
    held_back = sum(each.held_back for each in changes.by_type.values())
    if held_back:
        aside.print(f"held back, for they are dated after the extract: {held_back}")


def refuse_bad_rows(summary: Summary) -> None:
    """End with a status of 1 if some rows were bad.

    Raises:
        InputError: they were.
    """
    if summary.bad_rows:
        raise InputError(f"bad rows left out: {len(summary.bad_rows)}")


def _table(title: str, first: str, columns: tuple[str, ...]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=title)
    table.add_column(first, no_wrap=True)
    for name in columns:
        table.add_column(name, justify="right", no_wrap=True)
    return table
