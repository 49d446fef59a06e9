"""What several commands take in the same way."""

from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from casepulse.schemas.envelope import EARLIEST, LATEST
from casepulse.state.calendar import local_date, midnight
from casepulse.streams.settings import FromEnvironment, describe

ProfileOption = Annotated[
    Path | None,
    typer.Option(
        "--profile",
        help="The authority's profile (TOML). Default: the county of January 2021.",
        envvar="CASEPULSE_PROFILE",
    ),
]
StoreOption = Annotated[
    str,
    typer.Option(
        "--store",
        help="Where releases are kept: a directory, or an object store's URL.",
        envvar="CASEPULSE_RELEASES",
    ),
]
ArchiveOption = Annotated[
    str | None,
    typer.Option(
        "--archive",
        metavar="DIR",
        help="Read the events from this archive. Default: from the events topic.",
    ),
]


class Format(StrEnum):
    """How figures are written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


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


def month(words: str) -> date:
    """Read a month from the command line.

    Raises:
        typer.BadParameter: it is none.
    """
    try:
        if len(words) != len("2021-01"):
            raise ValueError
        day = date.fromisoformat(f"{words}-01")
        if not EARLIEST.year <= day.year < LATEST.year:
            raise ValueError
        return day
    except ValueError:
        raise typer.BadParameter(f"{words!r} is no month; write 2021-01") from None


def settings_help(*settings: type[FromEnvironment]) -> str:
    """The settings, as `--help` shows them."""
    lines = [
        f"{name}: {what}. Default: {default or 'none'}"
        for each in settings
        for name, what, default in describe(each)
    ]
    return "Settings, from the environment:\n\n" + "\n\n".join(lines)
