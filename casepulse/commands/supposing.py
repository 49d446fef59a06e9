"""The command that says what figures would be under other standards."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from casepulse.agents.release_store import ReleaseStore
from casepulse.batch.making import Making
from casepulse.batch.what_if import what_if
from casepulse.state import open_catalogue
from casepulse.streams.settings import Settings
from casepulse.terminal.asked import known
from casepulse.terminal.options import ArchiveOption, Format, StoreOption, month
from casepulse.terminal.screen import reading
from casepulse.terminal.suppositions import show_suppositions

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
    other = open_catalogue(profile).profile
    with reading("events read") as read:
        making = Making(Settings.from_environment(), ReleaseStore(store), archive, read)
        name, lines = what_if(making, other, from_, to, release)
    asked = [line for line in lines if (line.measure in measure if measure else line.differs)]
    for each in measure or ():
        known("measure", each, [line.measure for line in lines], "casepulse measures")
    show_suppositions(asked, name, format)
