"""The command that shows a child-level list."""

import sys
from typing import Annotated

import orjson
import typer
from rich import box
from rich.table import Table

from casepulse.access.columns import COLUMNS, INCOMPLETE, cells, with_shortfall
from casepulse.access.grants import Asked
from casepulse.access.lists import every_list
from casepulse.access.reading import ListRead, list_reader
from casepulse.schemas.due import Due, list_name
from casepulse.spreadsheet import write_csv
from casepulse.state import Catalogue, open_catalogue
from casepulse.streams.settings import Settings
from casepulse.terminal.asked import known_measure
from casepulse.terminal.child_level import WhyLook, WithRestricted, looker
from casepulse.terminal.options import Format
from casepulse.terminal.screen import show

commands = typer.Typer()

#: How many places of lines that can't be read are named.
MOST_NAMED = 10

#: Where every column stands, however narrow a window is.
_WHOLE = "--format csv"


@commands.command()
def due(
    measure: Annotated[str, typer.Argument(help="A timed measure, such as cp_visits.")],
    locality: Annotated[str | None, typer.Option(help="Only this locality.")] = None,
    team: Annotated[str | None, typer.Option(help="Only this team.")] = None,
    worker: Annotated[str | None, typer.Option(help="Only this worker, by key.")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only what is late already.")] = False,
    over: Annotated[
        bool,
        typer.Option(
            "--over", help="Instead, what was late in the month and is over: done late, say."
        ),
    ] = False,
    restricted: WithRestricted = False,
    why: WhyLook = None,
    format: Annotated[Format, typer.Option(help="How to print it.")] = Format.TABLE,  # noqa: A002
) -> None:
    """Who is overdue in a measure, and who falls due in the days ahead, from Redis.

    Child-level data, by pseudonymous key: off unless CASEPULSE_CHILD_LEVEL_COMMANDS names the audit
    log that each look is written into, with your account and your reason (docs/access.md). Redis
    must let you see it, too (docs/redis.md).

        casepulse due cp_visits --locality Stroud --why "Going through the list with a team"
    """
    settings = Settings.from_environment()
    catalogue = open_catalogue(settings.profile)
    known_measure(measure, catalogue)
    which = every_list(catalogue).get(list_name(measure, over=over))
    if which is None:
        raise typer.BadParameter(f"{measure!r} has no such list: {_why_none(catalogue, measure)}")
    looking = looker("due", why)
    read = list_reader(settings)(which.kept_as)
    asked = Asked(locality, team, worker, overdue)
    open_to = (line for line in read.lines if restricted or not line.restricted)
    lines = [line for line in which.its_own(open_to) if asked.takes(line)]
    looking.write_down(which.name, asked, "due", len(lines))
    _SHOW[format](read, lines)
    if read.old:
        _say(f"old: part of the list was last renewed {read.age / 60:.0f} minutes ago")
    if not read.whole:
        for place in read.left_out[:MOST_NAMED]:
            _say(f"left out, for it can't be read: {place}")
        _say(f"incomplete: {read.incomplete}. Children who are late may not be on it")
        raise typer.Exit(1)


def _why_none(catalogue: Catalogue, measure: str) -> str:
    lateness = catalogue.lateness(measure)
    if lateness is None:
        return "nothing in it is late"
    return "it times only what was done" if lateness.may_be_over else "it counts what is so now"


def _say(words: str) -> None:
    """Beside the output, in one line."""
    typer.echo(f"casepulse: {words}", err=True)


def _show_table(read: ListRead, lines: list[Due]) -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, caption_justify="left")
    table.caption = f"{len(lines)} lines, {sum(line.overdue for line in lines)} of them overdue"
    for column in COLUMNS:
        table.add_column(column.head)
    for line in lines:
        table.add_row(*cells(line, read.now))
    if not read.whole:
        table.title = f"INCOMPLETE: {read.incomplete}"
        table.title_justify = "left"
    show(table, "Which", "Status", "Workers", "Team", "Calendar days overdue", elsewhere=_WHOLE)


def _show_json(read: ListRead, lines: list[Due]) -> None:
    told = [line.model_dump(mode="json") for line in lines]
    if not read.whole:
        told = [{**line, INCOMPLETE: read.incomplete} for line in told or [{}]]
    for line in told:
        sys.stdout.write(orjson.dumps(line).decode() + "\n")


def _show_csv(read: ListRead, lines: list[Due]) -> None:
    rows = (cells(line, read.now) for line in lines)
    write_csv(sys.stdout, with_shortfall(rows, read.incomplete))


_SHOW = {Format.TABLE: _show_table, Format.JSON: _show_json, Format.CSV: _show_csv}
