"""What became of an extract: of each row, and of each fact, for a person."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from casepulse.streams.sources.account import Account, BadRow
from casepulse.streams.sources.changes import Counts
from casepulse.streams.sources.extract import Extract
from casepulse.streams.sources.merging import Merge
from casepulse.streams.urls import without_password
from casepulse.terminal.event_lines import InputError
from casepulse.terminal.screen import aside, show_on

#: How many bad rows of a table are named one by one.
NAMED = 200


def say_rows(extract: Extract, on: Console = aside) -> None:
    """What became of every row."""
    for account in extract.accounts:
        _name(account.file, account.bad_rows, on)
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
    show_on(on, table, "outside", "held back", "passed over", "repeated")
    for line in _codes_and_columns(extract.accounts):
        _say(line, on)
    for note in extract.notes:
        _say(note, on)


def say_against(schema: Path, wrong: Sequence[BadRow], on: Console = aside) -> None:
    """What a schema finds wrong."""
    if wrong:
        _name(wrong[0].file, wrong, on)
    _say(f"against {schema.name}: {len(wrong)} wrong; nothing is refused for that", on)


def _name(file: str, rows: Sequence[BadRow], on: Console) -> None:
    """What is wrong in a file, row by row, as long as that can be read."""
    for row in rows[:NAMED]:
        on.print(str(row), style="red", highlight=False, soft_wrap=True)
    for line in _unnamed(file, rows[NAMED:]):
        _say(line, on)


def _unnamed(file: str, rows: Iterable[BadRow]) -> Iterator[str]:
    """How many more there are, by what is wrong with them."""
    reasons = Counter((row.column, row.reason) for row in rows)
    for (column, reason), count in sorted(reasons.items(), key=lambda each: -each[1]):
        where = f", {column}" if column else ""
        yield f"{file}{where}: {reason}: {count} more rows"


def _codes_and_columns(accounts: Iterable[Account]) -> Iterator[str]:
    for each in accounts:
        for column, count in sorted(each.unknown_codes.items()):
            yield (f"{each.file}, {column}: codes that are not known, and were left out: {count}")
        if each.extra_columns:
            yield f"{each.file}: columns that are not read: {', '.join(each.extra_columns)}"


def say_earlier(extract: Extract, place: str) -> None:
    """What an extract is taken for that was told before: it must be what it was taken for then."""
    bad = sum(len(each.bad_rows) for each in extract.accounts)
    _say(f"told before: {without_password(place)}, {extract.kind}, bad rows: {bad}", aside)


def say_facts(extract: Extract, by_type: Mapping[str, Counts], on: Console = aside) -> None:
    """How many facts of each type an extract says."""
    title = f"What it says: {extract.source}, {extract.kind}"
    table = _table(title, "type", ("facts", "held back"))
    for name, each in by_type.items():
        table.add_row(name, str(each.said), str(each.held_back))
    show_on(on, table, "held back")


def say_changes(
    extract: Extract,
    by_type: Mapping[str, Counts],
    merges: Iterable[Merge],
    on: Console = aside,
) -> None:
    """What became of the facts of each type, and who looks merged into whom."""
    columns = ("before", "new", "amended", "returned", "withdrawn", "left", "held back", "after")
    table = _table(f"What has changed: {extract.source}, {extract.kind}", "type", columns)
    for name, each in by_type.items():
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
    show_on(on, table, "before", "after", "left", "returned", "held back")
    for merge in merges:
        _say(f"merged: {merge.old} into {merge.new} ({merge.facts} of {merge.of} facts)", on)


def say_held_back(by_type: Mapping[str, Counts]) -> None:
    """How much is dated after the extract, if anything."""
    held_back = sum(each.held_back for each in by_type.values())
    if held_back:
        _say(f"held back, for they are dated after the extract: {held_back}", aside)


def refuse_bad_rows(extract: Extract) -> None:
    """End with a status of 1 if some rows were bad.

    Raises:
        InputError: they were.
    """
    if bad := sum(each.bad for each in extract.accounts):
        raise InputError(f"bad rows left out: {bad}")


def _say(line: str, on: Console) -> None:
    on.print(line, highlight=False, soft_wrap=True)


def _table(title: str, first: str, columns: tuple[str, ...]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=title)
    table.add_column(first, no_wrap=True)
    for name in columns:
        table.add_column(name, justify="right", no_wrap=True)
    return table
