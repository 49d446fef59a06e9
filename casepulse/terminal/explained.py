"""The standings behind a figure, as a table, JSON lines or CSV."""

import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import orjson
from rich import box
from rich.table import Table

from casepulse.spreadsheet import Cell as Written
from casepulse.spreadsheet import write_csv
from casepulse.state.calendar import LONDON
from casepulse.state.explanation import Explained
from casepulse.terminal.options import Format
from casepulse.terminal.screen import output, show


def show_explained(found: list[Explained], format: Format, *, every_fact: bool) -> None:  # noqa: A002
    """Standings with the facts that each rests on, to standard output.

    Args:
        found: which.
        format: as what.
        every_fact: in a table, those facts too on which none rests; the others have them all.
    """
    if format is Format.TABLE:
        _show_table(found, every_fact=every_fact)
    elif format is Format.JSON:
        _show_json(found)
    else:
        _show_csv(found)


def _show_table(found: list[Explained], *, every_fact: bool) -> None:
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


def _show_json(found: list[Explained]) -> None:
    for each in found:
        sys.stdout.write(orjson.dumps(_record(each)).decode() + "\n")


def _show_csv(found: list[Explained]) -> None:
    """A row a fact."""
    heads = ("subject", "occurrence", "status", "counts_for", "period", "team", "due")
    facts = ("type", "source", "id", "time", "recorded", "decisive")

    def rows() -> Iterator[list[Written]]:
        yield [*heads, *facts]
        for record in map(_record, found):
            for fact in record["facts"]:
                yield [*(record[head] for head in heads), *(fact[name] for name in facts)]

    write_csv(sys.stdout, rows())
