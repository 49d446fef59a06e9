"""The command that archives events."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from casepulse.batch.sources import source_parts
from casepulse.schemas.events.clock import ClockTicked
from casepulse.streams.settings import Settings
from casepulse.terminal.event_lines import Lines
from casepulse.terminal.screen import aside, reading

commands = typer.Typer()


@commands.command("archive")
def archive_command(
    directory: Annotated[
        str, typer.Argument(metavar="DIR", help="A directory, or an object store's URL.")
    ],
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[FILE...]", help="JSON lines of events; - is standard input. None: the topic."
        ),
    ] = None,
) -> None:
    """Archive the events topic as Parquet, a file a partition; what stood there is replaced.

    Releases, what-if and explain read an archive faster than the topic, and without Kafka.
    DuckDB and others read it, too. From FILEs it holds what the topic would hold.

        casepulse archive /srv/casepulse/archive

        casepulse scenario | casepulse archive archive/ -
    """
    # It brings Arrow, which the help of it can do without.
    from casepulse.batch.archiving import archive, archive_lines  # noqa: PLC0415

    settings = Settings.from_environment()
    if files:
        lines = Lines(files)
        events = (
            (event, value) for event, value in lines if not isinstance(event.data, ClockTicked)
        )
        with reading("events archived") as told:
            read = archive_lines(events, directory, settings, told)
    else:
        with reading("events archived") as told:
            as_of = datetime.now(UTC)
            read = archive(source_parts(None, settings), directory, as_of, told)
    aside.print(
        f"{read.messages:,} messages read; {read.repeated:,} told word for word again and "
        f"{read.unreadable:,} that are no events left out",
        highlight=False,
    )
    if files:
        lines.finish()
