"""The command that says what figures would be under other standards."""

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich import box
from rich.table import Table

from casepulse.agents.release_store import ReleaseStore
from casepulse.batch.making import Making
from casepulse.batch.what_if import Line, what_if
from casepulse.schemas.profile import load_profile
from casepulse.spreadsheet import Cell as Written
from casepulse.spreadsheet import write_csv
from casepulse.streams.settings import Settings
from casepulse.terminal.asked import known
from casepulse.terminal.options import (
    ArchiveOption,
    Format,
    StoreOption,
    month,
)
from casepulse.terminal.screen import reading, show

commands = typer.Typer()


@commands.command("what-if")
def what_if_command(
    profile: Annotated[
        Path, typer.Option("--profile", help="The other profile (TOML): what differs is enough.")
    ],
    from_: Annotated[
        date,
        typer.Option("--from", parser=month, metavar="MONTH", help="The first month shown."),
    ],
    to: Annotated[
        date, typer.Option(parser=month, metavar="MONTH", help="The last: it has a release.")
    ],
    store: StoreOption,
    release: Annotated[
        str | None,
        typer.Option(help="Beside this release of the last month. Default: its latest."),
    ] = None,
    measure: Annotated[
        list[str] | None,
        typer.Option(help="Only this measure; may be given more than once. Default: what differs."),
    ] = None,
    format: Annotated[Format, typer.Option(help="How to print it.")] = Format.TABLE,  # noqa: A002
    archive: ArchiveOption = None,
) -> None:
    """What the figures would be under other standards or targets, side by side with a release.

    The same events, as known at the release's cut, counted by the other profile; at most thirteen
    months. Without --measure, those measures are shown of which any figure or colour differs.

        casepulse what-if --profile stricter.toml --from 2020-04 --to 2021-01
    """
    other = load_profile(profile)
    with reading("events read") as read:
        making = Making(Settings.from_environment(), ReleaseStore(store), archive, read)
        name, lines = what_if(making, other, from_, to, release)
    asked = [line for line in lines if (line.measure in measure if measure else line.differs)]
    for each in measure or ():
        known("measure", each, [line.measure for line in lines], "casepulse measures")
    _SHOW_LINES[format](asked, name)


def _show_lines_table(lines: list[Line], name: str) -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=f"Beside {name}", title_justify="left")
    table.add_column("Measure", min_width=24)
    table.add_column("", no_wrap=True)
    for head in lines[0].months if lines else ():
        table.add_column(head[2:], justify="right", no_wrap=True)
    for head in ("Target", "RAG"):
        table.add_column(head, no_wrap=True)
    for line in lines:
        for title, what, told in ((line.title, "is", line.release), ("", "would be", line.other)):
            target = "" if told.target is None else f"{told.target:g}"
            rag = (told.rag or "").capitalize()
            table.add_row(title, what, *(each or "n/a" for each in told.shown), target, rag)
    months = [head[2:] for head in lines[0].months[:-1]] if lines else []
    show(table, *months, "Target", elsewhere="--format csv")


def _show_lines_json(lines: list[Line], name: str) -> None:
    for line in lines:
        sys.stdout.write(orjson.dumps({"beside": name, **line.record()}).decode() + "\n")


def _show_lines_csv(lines: list[Line], name: str) -> None:
    heads = ("measure", "month", "release", "what_if", "target_release", "target_what_if")

    def rows() -> Iterator[list[Written]]:
        yield [*heads, "rag_release", "rag_what_if"]
        for line in lines:
            was, is_ = line.release, line.other
            for at, told, other in zip(line.months, was.shown, is_.shown, strict=True):
                yield [line.measure, at, told, other, was.target, is_.target, was.rag, is_.rag]

    write_csv(sys.stdout, rows())


_SHOW_LINES = {
    Format.TABLE: _show_lines_table,
    Format.JSON: _show_lines_json,
    Format.CSV: _show_lines_csv,
}
