"""Commands about a council's profile: one to begin with, and what is missing or doubtful in one."""

import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.table import Table

from casepulse.schemas.profile import Profile, load_profile
from casepulse.setup.doubts import doubts
from casepulse.setup.new_profile import new_profile
from casepulse.setup.profile_difference import differing, moved
from casepulse.state import open_catalogue
from casepulse.streams.sources.extract import ExtractError, Request
from casepulse.streams.sources.readers import reader_of
from casepulse.streams.sources.recognition import source_of
from casepulse.streams.sources.survey import Survey, survey
from casepulse.terminal.event_lines import InputError
from casepulse.terminal.extract_options import TakenOption, settings_of, source_name
from casepulse.terminal.screen import aside, output, show

commands = typer.Typer()

profile_commands = typer.Typer(
    no_args_is_help=True,
)
commands.add_typer(profile_commands, name="profile")


@profile_commands.callback()
def _profile() -> None:
    """A council's profile: begin one from an extract, look one through, compare two."""


SourceOption = Annotated[
    str | None,
    typer.Option(
        "--source",
        parser=source_name,
        metavar="SOURCE",
        help="Which source the extract is of. Default: found from what lies there.",
    ),
]

_FROM = "An extract: a file, a folder, or a database's URL."


@profile_commands.command()
def new(
    extract: Annotated[str, typer.Option("--from", metavar="EXTRACT", help=_FROM)],
    authority: Annotated[str, typer.Option(help="What the council is called.")],
    population: Annotated[
        int | None, typer.Option(min=1, help="Children aged 0 to 17 who live there (ONS estimate).")
    ] = None,
    source: SourceOption = None,
    taken: TakenOption = None,
) -> None:
    """A profile to begin with, from what an extract holds: on standard output, and explained.

    It names the teams and the columns with codes that it found. What an extract can't say is yours:
    which areas there are, and to which each team belongs. Nothing of any child is in it.

        casepulse profile new --from ssd/ --authority Northshire --population 52000 > north.toml

        casepulse profile check north.toml --from ssd/
    """
    found = _survey(extract, source, taken, None)
    name = re.sub(r"\W+", "-", authority.partition(",")[0]).strip("-").lower() + ".toml"
    text = new_profile(found, authority=authority, population=population, name=name)
    sys.stdout.write(text)
    counted = f"{found.children} children, {sum(found.facts.values())} facts"
    between = f" from {found.first} to {found.last}" if found.first else ""
    aside.print(f"{found.extract.source}: {counted}{between}", highlight=False)


@profile_commands.command()
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The profile.")],
    extract: Annotated[str | None, typer.Option("--from", metavar="EXTRACT", help=_FROM)] = None,
    source: SourceOption = None,
    taken: TakenOption = None,
) -> None:
    """What is missing in a profile, and what is doubtful; beside an extract, if one is given.

    The exit status is 1 if something is missing: figures are wrong, or not there, until it is
    mended. What is doubtful alone may be as it should. A setting that can't be is named with its
    line, and the exit status is 2.

        casepulse profile check northshire.toml --from ssd/
    """
    profile = load_profile(file)
    catalogue = open_catalogue(file)
    found = None if extract is None else _survey(extract, source, taken, profile)
    said = sorted(doubts(profile, found), key=lambda doubt: not doubt.is_missing)
    for doubt in said:
        word, style = ("missing", "red") if doubt.is_missing else ("look at", "yellow")
        aside.print(f"[{style}]{word}[/{style}]  {doubt}", highlight=False, soft_wrap=True)
    shown, left_out = len(catalogue.measures), len(catalogue.not_in_sources)
    aside.print(
        f"{shown} measures are shown; {left_out} are not in your sources "
        "(casepulse measures --profile names them)",
        highlight=False,
    )
    missing = sum(doubt.is_missing for doubt in said)
    if missing:
        raise InputError(f"missing: {missing}; to look at: {len(said) - missing}")


@profile_commands.command()
def diff(
    here: Annotated[Path, typer.Argument(metavar="A", help="A profile.")],
    there: Annotated[Path, typer.Argument(metavar="B", help="Another.")],
) -> None:
    """What B says otherwise than A, setting by setting; and which measures move.

    What a base says counts as said. A measure's figures move with its standard, with the areas and,
    for a rate, with the population; its mark alone with target, tolerance and comparators.

        casepulse profile diff northshire-2025.toml northshire-2026.toml
    """
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("Setting", str(here), str(there)):
        table.add_column(name, overflow="fold")
    count = 0
    for each in differing(load_profile(here), load_profile(there)):
        table.add_row(each.setting, each.here, each.there)
        count += 1
    if count:
        show(table)
    on, moves = output(), moved(open_catalogue(here), open_catalogue(there))
    for words, names in (
        ("figures move", moves.figures),
        ("the mark alone moves (target, tolerance, comparators)", moves.marks),
        ("shown no more", moves.shown_no_more),
        ("shown now", moves.shown_now),
    ):
        if names:
            on.print(f"{words}, {len(names)}: {', '.join(names)}", highlight=False)
    if not count:
        on.print("they say the same", highlight=False)


def _survey(
    place: str, source: str | None, taken: datetime | None, profile: Profile | None
) -> Survey:
    found = source or source_of(place)
    if found is None:
        raise ExtractError(
            f"{place}: is no extract of a source that can be read; name it with --source"
        )
    settings = settings_of(profile, found) if profile is not None else None
    at = taken or datetime.now(UTC)
    request = Request(place, at) if settings is None else Request(place, at, settings)
    return survey(reader_of(found).read(request))
