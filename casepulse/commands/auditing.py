"""Commands that check and search the log of looks at child-level lists."""

import sys
from collections.abc import Iterable
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from casepulse.access.chain import BrokenOff, Head, verify, walk
from casepulse.access.kept_head import head_beside, read_head
from casepulse.access.record import Outcome, Record
from casepulse.spreadsheet import write_csv
from casepulse.state.calendar import LONDON
from casepulse.terminal.options import Format, instant
from casepulse.terminal.screen import aside, show

commands = typer.Typer()

audit = typer.Typer(
    help="Who looked at the child-level lists, and whether the log of it was changed.",
    no_args_is_help=True,
)
commands.add_typer(audit, name="audit")

FileArgument = Annotated[
    Path,
    typer.Argument(
        metavar="[FILE]", help="The audit log.", envvar="CASEPULSE_WEB_AUDIT", show_default=False
    ),
]


def head(words: str) -> Head:
    """Read number and hash of a record from the command line.

    Raises:
        typer.BadParameter: they are not that.
    """
    read = Head.read(words)
    if read is None:
        raise typer.BadParameter(f"{words!r} is no record; write NUMBER:HASH, as the log says them")
    return read


@audit.command("verify")
def verify_command(
    file: FileArgument,
    head_: Annotated[
        Head | None,
        typer.Option(
            "--head",
            parser=head,
            metavar="NUMBER:HASH",
            help="A record that must be there, too, as the service's own log names it.",
        ),
    ] = None,
    head_file: Annotated[
        str | None,
        typer.Option(
            "--head-file",
            metavar="FILE|URL",
            envvar="CASEPULSE_WEB_AUDIT_HEAD",
            help="Where the head of the log is kept. Default: beside it.",
        ),
    ] = None,
) -> None:
    """Check that no line was changed, taken out, put in, moved, or cut off the end.

    The exit status is 1 if one was, and standard error says which. A line without its end is told,
    and is no change: a crash may have broken it off. That the end was cut off is seen by the head
    that the service keeps apart from the log, or by --head.

        casepulse audit verify audit.jsonl --head 812:9f86d0…
    """
    where = head_file or head_beside(file)
    kept = read_head(where)  # first, for whoever writes meanwhile writes the line before the head
    verified = verify(file, *(each for each in (head_, kept) if each is not None))
    for line in verified.broken_off:
        _say(
            f"line {line}: it lacks its end. Either its writing was broken off, and nothing was "
            "shown for it; or it was whole, and was cut later. By the file alone that can't be "
            "told: the service's own log has `audited` with a number for each line that was whole"
        )
    if head_ is None and kept is None:
        _say(f"{where}: no head is kept there, so it is not known whether the end was cut off")
    last = verified.head
    _say(f"the chain holds: {last.number} records; the last is {last}")


def _say(words: str) -> None:
    aside.print(words, highlight=False, soft_wrap=True)


@audit.command("search")
def search_command(
    file: FileArgument,
    who: Annotated[
        str | None, typer.Option(help="Only this person, by the provider's key (`sub`).")
    ] = None,
    list_: Annotated[
        str | None, typer.Option("--list", help="Only this list, such as cp_visits.")
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(parser=instant, metavar="INSTANT", help="Only from this instant or day on."),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(parser=instant, metavar="INSTANT", help="Only before this instant or day."),
    ] = None,
    outcome: Annotated[Outcome | None, typer.Option(help="Only what was shown, or denied.")] = None,
    format: Annotated[Format, typer.Option(help="How to print it.")] = Format.TABLE,  # noqa: A002
) -> None:
    """Who looked at which list, when, how many lines, and why they said they did.

    All of the chain is checked on the way; where it is broken, the search ends with status 1.

        casepulse audit search audit.jsonl --list cp_visits --since 2026-11-01
    """
    with file.open("rb") as lines:
        records = (record for record in walk(lines) if not isinstance(record, BrokenOff))
        _SHOW[format](
            record
            for record in records
            if who in (None, record.look.who.subject)
            and list_ in (None, record.look.list)
            and (since is None or record.when >= since)
            and (until is None or record.when < until)
            and outcome in (None, record.look.outcome)
        )


_HEADS = (
    "number",
    "when",
    "issuer",
    "subject",
    "list",
    "form",
    "asked",
    "order",
    "page",
    "rows",
    "outcome",
    "reason",
)


def _cells(record: Record) -> list[str]:
    look = record.look
    return [
        str(record.number),
        record.when.isoformat(),
        look.who.issuer,
        look.who.subject,
        look.list,
        look.form,
        look.asked.in_words(),
        look.order,
        str(look.page),
        str(look.rows),
        look.outcome.value,
        look.reason,
    ]


def _show_table(records: Iterable[Record]) -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("No", "When", "Who", "List", "Asked", "Rows", "Outcome", "Reason"):
        table.add_column(name, justify="right" if name in ("No", "Rows") else "left")
    for record in records:
        look = record.look
        table.add_row(
            str(record.number),
            f"{record.when.astimezone(LONDON):%d %b %Y %H:%M:%S}",
            escape(look.who.subject),
            f"{look.list}, {look.form}",
            look.asked.in_words(),
            str(look.rows),
            look.outcome.value,
            escape(look.reason),
        )
    show(table, "Asked", "Outcome", "Rows", elsewhere="--format csv")


def _show_json(records: Iterable[Record]) -> None:
    for record in records:
        sys.stdout.write(record.line().decode())


def _show_csv(records: Iterable[Record]) -> None:
    write_csv(sys.stdout, chain([_HEADS], map(_cells, records)))


_SHOW = {Format.TABLE: _show_table, Format.JSON: _show_json, Format.CSV: _show_csv}
