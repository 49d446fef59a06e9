"""The command that says why a figure is what it is."""

import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Any

import orjson
import typer
from rich import box
from rich.table import Table

from casepulse.access.grants import Asked
from casepulse.batch.explanations import explain
from casepulse.batch.sources import source_parts
from casepulse.spreadsheet import Cell as Written
from casepulse.spreadsheet import write_csv
from casepulse.state import open_catalogue
from casepulse.state.calendar import LONDON, month_of, reporting_month
from casepulse.state.explanation import Cell, Explained
from casepulse.streams.settings import Settings
from casepulse.terminal.asked import known, known_measure
from casepulse.terminal.child_level import WhyLook, WithRestricted, looker
from casepulse.terminal.options import (
    ArchiveOption,
    Format,
    ProfileOption,
    instant,
)
from casepulse.terminal.screen import output, reading, show

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
