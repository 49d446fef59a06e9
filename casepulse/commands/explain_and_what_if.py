"""Commands that look into figures: why one is what it is, and what it would be otherwise."""

import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich import box
from rich.table import Table

from casepulse.access.grants import Asked
from casepulse.agents.release_store import ReleaseStore
from casepulse.commands.asked import known, known_measure
from casepulse.commands.child_level import WhyLook, WithRestricted, looker
from casepulse.commands.events import Format
from casepulse.commands.options import ProfileOption, instant, output, show
from casepulse.commands.releasing import ArchiveOption, StoreOption, month, reading
from casepulse.releases import Making
from casepulse.sources import source_parts
from casepulse.spreadsheet import Cell as Written
from casepulse.spreadsheet import write_csv
from casepulse.state import open_catalogue
from casepulse.state.calendar import LONDON, month_of, reporting_month
from casepulse.state.explanation import Cell, Explained
from casepulse.streams.explanations import explain
from casepulse.streams.settings import Settings
from casepulse.what_if import Line, what_if

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
    if format is Format.TABLE:
        _show_explained_table(found, every_fact=every_fact)
    elif format is Format.JSON:
        _show_explained_json(found)
    else:
        _show_explained_csv(found)


def _show_explained_table(found: list[Explained], *, every_fact: bool) -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Subject, and the facts it rests on", overflow="fold")
    for head in ("Status, happened", "Counts for, recorded", "Due"):
        table.add_column(head, no_wrap=True)
    for each in found:
        standing = each.standing
        due = "" if standing.due is None else _local(standing.due)
        where = f"{standing.group} ({standing.team})" if standing.team else standing.group
        subject = f"[bold]{each.subject}[/]"
        table.add_row(subject, f"[bold]{standing.status}[/]", f"[bold]{where}[/]", due)
        others = 0
        for ground in each.grounds:
            fact = ground.fact
            if not (ground.decisive or every_fact):
                others += 1
                continue
            name = f"  {'* ' if ground.decisive and every_fact else ''}{fact.type} {fact.id}"
            table.add_row(name, _local(fact.time), _local(fact.recorded), "")
        if others:
            table.add_row(f"  [dim]and {others} more that were looked at[/]", "", "", "")
    show(table, "Due", elsewhere="--format csv")
    counts = Counter[str]()
    for each in found:
        counts[each.standing.status] += each.standing.weight
    told = ", ".join(f"{status} {count}" for status, count in sorted(counts.items()))
    output().print(f"{len(found)} standings: {told or 'none'}", highlight=False)


def _local(instant_: datetime | date) -> str:
    if isinstance(instant_, datetime):
        return f"{instant_.astimezone(LONDON):%Y-%m-%d %H:%M}"
    return instant_.isoformat()


def _record(each: Explained) -> dict[str, Any]:
    standing = each.standing
    return {
        "subject": each.subject,
        "occurrence": standing.occurrence,
        "status": standing.status,
        "counts_for": standing.group,
        "period": standing.period,
        "team": standing.team,
        "due": None if standing.due is None else standing.due.isoformat(),
        "weight": standing.weight,
        "facts": [
            {
                "type": ground.fact.type,
                "source": ground.fact.source,
                "id": ground.fact.id,
                "time": ground.fact.time.isoformat(),
                "recorded": ground.fact.recorded.isoformat(),
                "decisive": ground.decisive,
            }
            for ground in each.grounds
        ],
    }


def _show_explained_json(found: list[Explained]) -> None:
    for each in found:
        sys.stdout.write(orjson.dumps(_record(each)).decode() + "\n")


def _show_explained_csv(found: list[Explained]) -> None:
    """A row a fact."""
    heads = ("subject", "occurrence", "status", "counts_for", "period", "team", "due")
    facts = ("type", "source", "id", "time", "recorded", "decisive")

    def rows() -> Iterator[list[Written]]:
        yield [*heads, *facts]
        for record in map(_record, found):
            for fact in record["facts"]:
                yield [*(record[head] for head in heads), *(fact[name] for name in facts)]

    write_csv(sys.stdout, rows())


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
