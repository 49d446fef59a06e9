"""Commands that make releases, list them, and say why two of them differ."""

import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated

import orjson
import typer
from rich import box
from rich.table import Table

from casepulse.agents.release_store import ReleaseStore
from casepulse.batch.making import Making
from casepulse.batch.releases import Difference, difference, made_again, make, tell
from casepulse.schemas.errors import FailedError
from casepulse.schemas.profile import load_profile
from casepulse.schemas.release import Kind
from casepulse.schemas.view import CellView
from casepulse.spreadsheet import Cell, write_csv
from casepulse.state import COUNTY, open_catalogue
from casepulse.state.calendar import LONDON
from casepulse.state.difference import OF_FACTS, Cause, Changed, Numbers, numbers_of
from casepulse.streams.settings import Settings
from casepulse.terminal.asked import known as known_name
from casepulse.terminal.cells import write_cells
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
    settings, standards = Settings.from_environment(), load_profile(profile)
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
    _SHOW[format](changed)
    if format is Format.TABLE:
        output().print(_summary(found, len(changed)), highlight=False)


def _summary(found: Difference, shown: int) -> str:
    known = Counter(cause for cause, _ in found.changes.facts)
    counted = Counter(cause for cause, places in found.changes.facts if places)
    told = ", ".join(
        f"{known[cause]:,} {cause} ({counted[cause]:,} of them counted)" for cause in OF_FACTS
    )
    return (
        f"{shown:,} of the {len(found.changed):,} figures that changed, localities included.\n"
        f"Facts that came to be known in between: {told}.\n" + _settings_changed(found)
    )


def _settings_changed(found: Difference) -> str:
    """What else differs than figures: targets, colours, and figures that only one of them has."""
    first, second = found.first.release, found.second.release
    lines = []
    if not found.as_then:
        lines.append(
            "Made by other definitions than are in force now: each step is what facts do by those "
            "of now, and what they leave over is said to be a changed definition."
        )
    for name, before in first.measures.items():
        after = second.measures.get(name)
        for what in ("target", "rag") if after is not None else ():
            was, now = getattr(before, what), getattr(after, what)
            if was != now:
                lines.append(f"{name}: its {what} was {was or 'none'}, and is {now or 'none'}")
    alone = len(numbers_of(first).keys() ^ numbers_of(second).keys())
    if alone:
        lines.append(f"{alone:,} figures stand in one of them alone: other measures or localities")
    return "\n".join(lines)


def _numbers(numbers: Numbers) -> str:
    return (
        f"{numbers.numerator} of {numbers.denominator}"
        if numbers.denominator
        else str(numbers.numerator)
    )


def _by(numbers: Numbers) -> str:
    told = f"{numbers.numerator:+}" if numbers.numerator else "0"
    return f"{told} of {numbers.denominator:+}" if numbers.denominator else told


def _show_table(changed: list[Changed]) -> None:
    titles = open_catalogue().measures
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Measure")
    for head in ("Month", "Locality"):
        table.add_column(head, no_wrap=True)
    for head in ("Earlier", "Later"):
        table.add_column(head, justify="right", no_wrap=True)
    table.add_column("Why")
    for each in changed:
        why = "; ".join(
            f"{cause}: {_by(step.by)}"
            + (
                f" ({step.facts} {'fact' if step.facts == 1 else 'facts'})"
                if cause in OF_FACTS
                else ""
            )
            for cause, step in each.steps.items()
        )
        title = titles[each.measure].title if each.measure in titles else each.measure
        numbers = _numbers(each.before), _numbers(each.after)
        table.add_row(title, each.month, each.locality, *numbers, why)
    show(table, "Earlier", elsewhere="--format csv")


def _record(each: Changed) -> dict[str, Cell]:
    record: dict[str, Cell] = {
        "measure": each.measure,
        "month": each.month,
        "locality": each.locality,
        "numerator_before": each.before.numerator,
        "numerator_after": each.after.numerator,
        "denominator_before": each.before.denominator,
        "denominator_after": each.after.denominator,
    }
    for cause in Cause:
        step = each.steps.get(cause)
        name = cause.name.lower()
        record[f"{name}_numerator"] = step.by.numerator if step else 0
        record[f"{name}_denominator"] = step.by.denominator if step else 0
        if cause in OF_FACTS:
            record[f"{name}_facts"] = step.facts if step else 0
    return record


def _show_json(changed: list[Changed]) -> None:
    for each in changed:
        sys.stdout.write(orjson.dumps(_record(each)).decode() + "\n")


def _show_csv(changed: list[Changed]) -> None:
    nothing = Numbers(0, 0)
    heads = list(_record(Changed("", "", "", nothing, nothing, {})))
    write_csv(sys.stdout, [heads, *(list(_record(each).values()) for each in changed)])


_SHOW = {Format.TABLE: _show_table, Format.JSON: _show_json, Format.CSV: _show_csv}
