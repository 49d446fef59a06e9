"""What several commands take in the same way."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from casepulse.commands.table_width import fitted
from casepulse.schemas.envelope import EARLIEST, LATEST
from casepulse.state.calendar import local_date, midnight
from casepulse.streams.settings import FromEnvironment, describe

#: How wide a table is where no terminal says how wide it may be.
WIDTH_ELSEWHERE = 120

#: What a person reads beside the output: progress, reports of bad input.
aside = Console(stderr=True)

ProfileOption = Annotated[
    Path | None,
    typer.Option(
        "--profile",
        help="The authority's profile (TOML). Default: the county of January 2021.",
        envvar="CASEPULSE_PROFILE",
    ),
]


def output() -> Console:
    """Standard output, for tables."""
    console = Console()
    return console if console.is_terminal else Console(width=WIDTH_ELSEWHERE)


def show(table: Table, *give_up: str, elsewhere: str = "") -> None:
    """Print a table in the room that there is: `fitted` says what may be left out."""
    console = output()
    console.print(fitted(table, console, *give_up, elsewhere=elsewhere))


def instant(words: str) -> datetime:
    """Read an instant from the command line: RFC 3339, or a day, which is its first instant.

    Raises:
        typer.BadParameter: it is neither, or has no offset.
    """
    try:
        if len(words) == len("2021-02-01"):
            read = midnight(date.fromisoformat(words))
        else:
            read = datetime.fromisoformat(words)
    except (ValueError, OverflowError):
        raise typer.BadParameter(
            f"{words!r} is no instant; write 2021-02-01 (that midnight in London) "
            "or 2021-02-01T09:00:00+00:00"
        ) from None
    if read.tzinfo is None:
        raise typer.BadParameter(f"{words!r} has no offset; write {words}+00:00, or the day alone")
    if not EARLIEST <= read < LATEST:
        raise typer.BadParameter(f"{words!r} must lie between {EARLIEST:%Y} and {LATEST:%Y}")
    return read


def day(words: str) -> date:
    """Read a day from the command line.

    Raises:
        typer.BadParameter: it is none, or lies where no event can.
    """
    if len(words) != len("2021-02-01"):
        raise typer.BadParameter(f"{words!r} is no day; write 2021-02-01")
    return local_date(instant(words))


def progress() -> Progress:
    """A progress bar on standard error; nothing where that is no terminal."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=aside,
        disable=not aside.is_terminal,
    )


def settings_help(*settings: type[FromEnvironment]) -> str:
    """The settings, as `--help` shows them."""
    lines = [
        f"{name}: {what}. Default: {default or 'none'}"
        for each in settings
        for name, what, default in describe(each)
    ]
    return "Settings, from the environment:\n\n" + "\n\n".join(lines)
