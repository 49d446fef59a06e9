"""The command that says why a figure is what it is."""

from datetime import datetime
from typing import Annotated

import typer

from casepulse.access.grants import Asked
from casepulse.batch.explanations import explain
from casepulse.batch.sources import source_parts
from casepulse.state import open_catalogue
from casepulse.state.calendar import month_of, reporting_month
from casepulse.state.explanation import Cell
from casepulse.streams.settings import Settings
from casepulse.terminal.asked import known, known_measure
from casepulse.terminal.child_level import WhyLook, WithRestricted, looker
from casepulse.terminal.explained import show_explained
from casepulse.terminal.options import ArchiveOption, Format, ProfileOption, instant
from casepulse.terminal.screen import reading

commands = typer.Typer()


@commands.command("explain")
def explain_command(
    measure: Annotated[str, typer.Argument(help="Such as cp_visits.")],
    at: Annotated[
        datetime,
        typer.Option(
            parser=instant, metavar="INSTANT", help="As at: 2021-02-01 is the end of January."
        ),
    ],
    known_: Annotated[
        datetime | None,
        typer.Option(
            "--known", parser=instant, metavar="INSTANT", help="As known at. Default: all of it."
        ),
    ] = None,
    locality: Annotated[str | None, typer.Option(help="Only this locality.")] = None,
    status: Annotated[
        list[str] | None, typer.Option(help="Only this status; may be given more than once.")
    ] = None,
    every_fact: Annotated[
        bool,
        typer.Option(
            "--every-fact", help="All facts that were looked at; a * marks those it rests on."
        ),
    ] = False,
    restricted: WithRestricted = False,
    why: WhyLook = None,
    format: Annotated[Format, typer.Option(help="How to print it.")] = Format.TABLE,  # noqa: A002
    archive: ArchiveOption = None,
    profile: ProfileOption = None,
) -> None:
    """The standings behind a figure, and the facts that each rests on, by key.

    Child-level data, by pseudonymous key: off unless CASEPULSE_CHILD_LEVEL_COMMANDS names the audit
    log that each look is written into, with your account and your reason (docs/access.md). A
    standing rests on the facts without which it would be another; of two visits in time neither is
    such a one. Statuses are those that `casepulse measures` lists.

        casepulse explain cp_visits --at 2021-02-01 --status overdue --why "Checking a figure"
    """
    catalogue = open_catalogue(profile)
    asked = known_measure(measure, catalogue)
    for each in status or ():
        known("status", each, asked.statuses)
    if locality is not None:
        known("locality", locality, catalogue.profile.localities)
    if (status or locality) and asked.base in catalogue.regroups:
        raise typer.BadParameter(
            f"{measure} is counted by worker or team first, and has its statuses and localities "
            "only once all are together; ask for it without --status and --locality"
        )
    cell = Cell(asked, month_of(reporting_month(at)), locality, frozenset(status or ()))
    looking = looker("explain", why)
    parts = source_parts(archive, Settings.from_environment())
    with reading("events read") as read:
        ever = datetime.max.replace(tzinfo=at.tzinfo)
        upto = known_ or ever
        found = explain(parts, catalogue.profile, cell, at, upto, read, restricted=restricted)
    looking.write_down(measure, Asked(locality), "subject", len(found))
    show_explained(found, format, every_fact=every_fact)
