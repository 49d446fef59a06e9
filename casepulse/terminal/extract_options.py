"""What commands take that read an extract of a source."""

from datetime import date, datetime
from typing import Annotated

import typer

from casepulse.schemas.extracts import ExtractSettings
from casepulse.schemas.profile import Profile
from casepulse.streams.sources.readers import READERS
from casepulse.terminal.options import day, instant


def source_name(words: str) -> str:
    """Read the name of a source whose extracts can be read.

    Raises:
        typer.BadParameter: there is none of this name.
    """
    if words not in READERS:
        known = ", ".join(READERS)
        raise typer.BadParameter(
            f"{words!r} is no source whose extracts can be read; there are: {known}"
        )
    return words


def settings_of(profile: Profile, source: str) -> ExtractSettings:
    """What a profile says of a source's extracts."""
    return profile.extracts.get(source, ExtractSettings())


SourceArgument = Annotated[
    str,
    typer.Argument(
        parser=source_name,
        metavar="SOURCE",
        help="Which source it is of, such as ssda903: `casepulse sources list` names them.",
    ),
]

PlaceArgument = Annotated[
    str,
    typer.Argument(
        metavar="PATH|URL", help="Where the extract lies: a file, a folder, or a database's URL."
    ),
]

AcceptOption = Annotated[
    bool,
    typer.Option("--accept", help="Tell it though it looks cut short or broken. Look at it first."),
]

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
