"""The command that shows a child-level list."""

import csv
import sys
from typing import Annotated

import typer
from rich import box
from rich.table import Table

from casepulse.access.columns import COLUMNS, NAMES, cells
from casepulse.access.grants import Asked
from casepulse.access.reading import ListRead, list_reader
from casepulse.commands.events import Format
from casepulse.commands.options import aside, output
from schemas.due import Due
from state import open_catalogue
from streams.settings import Settings


def due(
    measure: Annotated[str, typer.Argument(help="A timed measure, such as cp_visits.")],
    locality: Annotated[str | None, typer.Option(help="Only this locality.")] = None,
    team: Annotated[str | None, typer.Option(help="Only this team.")] = None,
    worker: Annotated[str | None, typer.Option(help="Only this worker, by key.")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only what is late already.")] = False,
    format: Annotated[Format, typer.Option(help="How to print it.")] = Format.TABLE,  # noqa: A002
) -> None:
    """Who is overdue in a measure, and who falls due in the days ahead, from Redis.

    Child-level data, by pseudonymous key: Redis must let you see it (docs/redis.md).

        casepulse due cp_visits --locality Stroud
    """
    settings = Settings.from_environment()
    measures = open_catalogue(settings.profile).measures
    if measure not in measures:
        raise typer.BadParameter(f"there is no {measure!r}; `casepulse measures` lists them")
    read = list_reader(settings)(measure)
    if read.missing:
        aside.print(f"incomplete: {read.missing} of {read.partitions} partitions have no list")
    asked = Asked(locality, team, worker, overdue)
    _SHOW[format](read, [line for line in read.lines if asked.takes(line)])


def _show_table(read: ListRead, lines: list[Due]) -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, caption_justify="left")
    table.caption = f"{len(lines)} lines, {sum(line.overdue for line in lines)} of them overdue"
    for column in COLUMNS:
        table.add_column(column.head)
    for line in lines:
        table.add_row(*cells(line, read.now))
    output().print(table)


def _show_json(_: ListRead, lines: list[Due]) -> None:
    for line in lines:
        sys.stdout.write(line.model_dump_json() + "\n")


def _show_csv(read: ListRead, lines: list[Due]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(NAMES)
    writer.writerows(cells(line, read.now) for line in lines)


_SHOW = {Format.TABLE: _show_table, Format.JSON: _show_json, Format.CSV: _show_csv}
