"""What an extract came to, in counts; and which of its tables are unlike the one before's."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from pydantic import BaseModel

from casepulse.batch.telling import Outcome
from casepulse.following.arrivals import Arrival
from casepulse.schemas.followed import (
    BAD_ROWS,
    BadRowTold,
    Came,
    Facts,
    Night,
    Rows,
    TableRows,
    TypeFacts,
    Unlike,
)
from casepulse.streams.sources.account import Account
from casepulse.streams.sources.changes import Counts

#: A table that grows or shrinks by so few rows is like the one before, however small it is.
FEW = 50

#: What of a file's name is another one each night or year.
_DATED = re.compile(r"20\d\d([-_.]?\d\d)*")


def night_of(
    arrival: Arrival,
    outcome: Outcome,
    *,
    at: datetime,
    seconds: float,
    before: Night | None,
    share: float,
) -> Night:
    """What an extract came to.

    Args:
        arrival: it.
        outcome: what became of it.
        at: when that was done.
        seconds: how long it took.
        before: the last one that was told.
        share: by which share of its rows a table may differ from then.
    """
    accounts = outcome.extract.accounts
    tables = [_table(each) for each in accounts]
    types = [_type(name, each) for name, each in outcome.by_type.items()]
    bad_rows = [row for each in accounts for row in each.bad_rows]
    return Night(
        came=Came.TOLD if outcome.refused is None else Came.REFUSED,
        extract=arrival.name,
        taken=arrival.taken,
        at=at,
        seconds=seconds,
        why=outcome.refused or "",
        rows=Rows(**_summed(Rows, tables)),
        facts=Facts(**_summed(Facts, types)),
        tables=tables,
        types=types,
        bad_rows=[
            BadRowTold(file=row.file, line=row.line, column=row.column, reason=row.reason)
            for row in bad_rows[:BAD_ROWS]
        ],
        unlike=[] if before is None else unlike(before.tables, tables, share),
        notes=outcome.extract.notes,
    )


def refused(arrival: Arrival, why: str, *, at: datetime, seconds: float) -> Night:
    """What could not be read as an extract at all."""
    return Night(
        came=Came.REFUSED,
        extract=arrival.name,
        taken=arrival.taken,
        at=at,
        seconds=seconds,
        why=why,
    )


def unlike(before: Iterable[TableRows], now: Iterable[TableRows], share: float) -> list[Unlike]:
    """The tables whose rows are more or fewer than before by more than a share of them, and than a
    few; one that is new or gone among them. A year or a day in a file's name makes no other one."""
    then, rows = _rows(before), _rows(now)
    return [
        Unlike(table=table, before=then[table], rows=rows[table])
        for table in sorted(then | rows)
        if abs(rows[table] - then[table]) > max(FEW, share * then[table])
    ]


def _rows(tables: Iterable[TableRows]) -> Counter[str]:
    rows = Counter[str]()
    for each in tables:
        rows[_DATED.sub("", each.table)] += each.rows
    return rows


def _summed(of: type[BaseModel], each: Sequence[BaseModel]) -> dict[str, int]:
    return {name: sum(getattr(one, name) for one in each) for name in of.model_fields}


def _type(name: str, counts: Counts) -> TypeFacts:
    return TypeFacts(
        type=name,
        new=counts.new,
        amended=counts.amended,
        returned=counts.returned,
        withdrawn=counts.voided,
        left=counts.left,
    )


def _table(account: Account) -> TableRows:
    return TableRows(
        table=account.file,
        rows=account.rows,
        told=account.told,
        repeated=account.repeated,
        outside=account.outside,
        held_back=account.held_back,
        passed_over=account.passed_over,
        bad=account.bad,
    )
