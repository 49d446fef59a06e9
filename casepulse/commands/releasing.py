"""Commands that make releases, list them, and say why two of them differ."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated

import typer
from rich import box
from rich.table import Table

from casepulse.agents.release_store import ReleaseStore
from casepulse.batch.making import Making
from casepulse.batch.releases import difference, made_again, make, tell
from casepulse.schemas.errors import FailedError
from casepulse.schemas.release import Kind
from casepulse.schemas.view import CellView
from casepulse.state import COUNTY, open_catalogue
from casepulse.state.calendar import LONDON
from casepulse.streams.settings import Settings
from casepulse.terminal.asked import known as known_name
from casepulse.terminal.cells import write_cells
from casepulse.terminal.differences import show_differences, summary_of
from casepulse.terminal.measures_table import GIVE_UP, measures_table
from casepulse.terminal.options import (
    ArchiveOption,
    Format,
    ProfileOption,
    StoreOption,
    instant,
    month,
)
from casepulse.terminal.screen import aside, output, reading, show

commands = typer.Typer()

releases = typer.Typer(
    help="Freeze a month's figures, as known at a cut; and say why two releases of it differ.",
    no_args_is_help=True,
)
commands.add_typer(releases, name="release")


class UnequalError(FailedError):
    """A release that was made again and is not what it was."""


MonthsArgument = Annotated[
    list[date], typer.Argument(parser=month, metavar="MONTH...", help="Such as 2021-01.")
]
NameArgument = Annotated[str, typer.Argument(metavar="RELEASE", help="Such as 2021-01/2-final.")]


@releases.command("make")
def make_command(
    of: MonthsArgument,
    store: StoreOption,
    kind: Annotated[Kind, typer.Option(help="How ripe it is.")] = Kind.PROVISIONAL,
    known: Annotated[
        datetime | None,
        typer.Option(
            parser=instant,
            metavar="INSTANT",
            help="The cut: only what was recorded before it counts. Default: now; of a flash "
            "release, the month's end.",
        ),
    ] = None,
    reason: Annotated[str | None, typer.Option(help="Why a restated release is made.")] = None,
    approved_by: Annotated[
        str | None, typer.Option(help="The role (no name) that approved a restated release.")
    ] = None,
    tell_: Annotated[
        bool,
        typer.Option("--tell/--no-tell", help="Announce it on Kafka; put its figures into Redis."),
    ] = True,
    archive: ArchiveOption = None,
    profile: ProfileOption = None,
) -> None:
    """Make a release of each month: as at its end, as known at a cut, frozen.

    It is kept as JSON and Parquet, with the hash of its content; never changed; and numbered. One
    that is there already is let be, and one whose making was broken off is finished. It can be made
    while workers run, and without any.

        casepulse release make 2021-01 --kind final --known 2021-03-09
    """
    if (kind is Kind.RESTATED) != (reason is not None) or (reason is None) != (approved_by is None):
        raise typer.BadParameter("a restated release has --reason and --approved-by, no other has")
    settings, standards = Settings.from_environment(), open_catalogue(profile).profile
    for each in of:
        with reading("events read") as told:
            making = Making(settings, ReleaseStore(store), archive, told)
            made = make(making, standards, each, kind, known, reason, approved_by)
        if tell_:
            tell(made.kept, making.store, settings)
        state = "was there already" if made.there_already else "made"
        manifest = made.kept.manifest
        aside.print(f"{manifest.name}: {state}; content {manifest.content}", highlight=False)


@releases.command("list")
def list_command(
    store: StoreOption,
    of: Annotated[
        date | None,
        typer.Argument(parser=month, metavar="[MONTH]", help="Only those of this month."),
    ] = None,
) -> None:
    """Every release, oldest first: its cut, its content's hash, and why it was restated."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for head in ("Release", "As at", "As known at", "Facts", "Content", "Reason"):
        table.add_column(head, no_wrap=head != "Reason")
    kept = ReleaseStore(store)
    for name in kept.names(None if of is None else f"{of:%Y-%m}"):
        each = kept.read(name)
        release = each.release
        table.add_row(
            name,
            f"{release.at.astimezone(LONDON):%d %b %Y %H:%M}",
            f"{release.known.astimezone(LONDON):%d %b %Y %H:%M}",
            f"{sum(release.facts.values()):,}",
            each.manifest.content[:12],
            f"{release.reason} (approved by {release.approved_by})" if release.reason else "",
        )
    show(table, "Content", "Facts", elsewhere="casepulse release show --format json")


@releases.command("show")
def show_command(
    name: NameArgument,
    store: StoreOption,
    format: Annotated[Format, typer.Option(help="How to print it.")] = Format.TABLE,  # noqa: A002
) -> None:
    """A release's dashboard and all its other measures; with json and csv, its cells."""
    release = ReleaseStore(store).read(name).release
    if format is Format.TABLE:
        title = f"{release.authority}, {name}"
        show(measures_table(title, release.measures.values(), whole=True), *GIVE_UP)
    else:
        cells: Iterator[CellView] = (
            cell for measure in release.measures.values() for cell in measure.cells
        )
        write_cells(cells, format)


@releases.command("tell")
def tell_command(name: NameArgument, store: StoreOption) -> None:
    """Announce a release again on Kafka, and put its figures into Redis again."""
    kept = ReleaseStore(store)
    tell(kept.read(name), kept, Settings.from_environment())


@releases.command("verify")
def verify_command(name: NameArgument, store: StoreOption, archive: ArchiveOption = None) -> None:
    """Make a release again from the events that it was made from, and compare: the same bytes.

    The exit status is 1 if they are not.
    """
    with reading("events read") as told:
        making = Making(Settings.from_environment(), ReleaseStore(store), archive, told)
        kept, again = made_again(making, name)
    for file, (was, content) in again.items():
        if content != was:
            raise UnequalError(
                f"{name}: {file} was {was}, made again it is {content}. "
                "Have definitions changed since, or is this another topic?"
            )
    content = kept.manifest.content
    aside.print(f"{name}: made again, the same bytes; content {content}", highlight=False)


@releases.command("diff")
def diff_command(
    first: Annotated[str, typer.Argument(metavar="EARLIER", help="Such as 2021-01/1-flash.")],
    second: Annotated[str, typer.Argument(metavar="LATER", help="Such as 2021-01/2-final.")],
    store: StoreOption,
    measure: Annotated[str | None, typer.Option(help="Only this measure.")] = None,
    locality: Annotated[str, typer.Option(help="Only this locality; all: every one.")] = COUNTY,
    format: Annotated[Format, typer.Option(help="How to print it.")] = Format.TABLE,  # noqa: A002
    archive: ArchiveOption = None,
) -> None:
    """Why each figure of a later release of a month is not that of an earlier one.

    For each figure that changed: by how much facts recorded late, corrections, withdrawn records,
    a changed standard and a changed definition changed it, and how many facts of each there were.
    The causes add up to the difference.

        casepulse release diff 2021-01/1-flash 2021-01/2-final --measure cp_visits
    """
    kept = ReleaseStore(store)
    release = kept.read(second).release
    if measure is not None:
        known_name("measure", measure, release.measures, "casepulse measures")
    known_name("locality", locality, ["all", COUNTY, *release.profile.localities])
    with reading("events read") as told:
        making = Making(Settings.from_environment(), kept, archive, told)
        found = difference(making, first, second)
    changed = [
        each
        for each in found.changed
        if measure in (None, each.measure) and locality in ("all", each.locality)
    ]
    show_differences(changed, format)
    if format is Format.TABLE:
        output().print(summary_of(found, len(changed)), highlight=False)
