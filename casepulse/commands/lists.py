"""The command that shows a child-level list."""

import csv
import sys
from typing import Annotated

import typer
from rich import box
from rich.table import Table

from agents.due_lists import read_due_list
from casepulse.commands.events import Format
from casepulse.commands.options import output
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
    lines = [
        line
        for line in read_due_list(settings, measure)
        if locality in (None, line.locality)
        and team in (None, line.team)
        and (worker is None or worker in line.workers)
        and (line.overdue or not overdue)
    ]
    _SHOW[format](lines)


_HEADS = ("due", "late", "subject", "which", "status", "locality", "team", "workers")


def _cells(line: Due) -> list[str]:
    return [
        line.due.isoformat(),
        "overdue" if line.overdue else "",
        line.subject,
        line.occurrence,
        line.status,
        line.locality,
        line.team or "",
        " ".join(line.workers),
    ]


def _show_table(lines: list[Due]) -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, caption_justify="left")
    table.caption = f"{len(lines)} lines, {sum(line.overdue for line in lines)} of them overdue"
    for head in _HEADS:
        table.add_column(head.capitalize())
    for line in lines:
        table.add_row(*_cells(line))
    output().print(table)


def _show_json(lines: list[Due]) -> None:
    for line in lines:
        sys.stdout.write(line.model_dump_json() + "\n")


def _show_csv(lines: list[Due]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(_HEADS)
    writer.writerows(_cells(line) for line in lines)


_SHOW = {Format.TABLE: _show_table, Format.JSON: _show_json, Format.CSV: _show_csv}
