"""The columns of a child-level list, wherever it is shown."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from casepulse.schemas.due import Due
from casepulse.state.calendar import falls_on, local_date
from casepulse.state.due import due_time


class Column(NamedTuple):
    """A column: its name in addresses and in files, and its head for people."""

    name: str
    head: str


COLUMNS = (
    Column("due", "Due"),
    Column("late", "Overdue"),
    Column("days_overdue", "Calendar days overdue"),
    Column("subject", "Subject"),
    Column("which", "Which"),
    Column("status", "Status"),
    Column("locality", "Locality"),
    Column("team", "Team"),
    Column("workers", "Workers"),
    Column("restricted", "Restricted"),
)

NAMES = tuple(column.name for column in COLUMNS)

#: The column, or the field, of a list that is not whole: in what.
INCOMPLETE = "incomplete"


def days_overdue(line: Due, now: datetime) -> int:
    """For how many calendar days something is late: 1 on the day after its due day; of clock hours,
    0 on the day on which they ran out. 0, too, of what is not overdue or has no due day."""
    if not line.overdue or line.due is None:
        return 0
    return max((local_date(now) - falls_on(line.due)).days, 0)


def cells(line: Due, now: datetime) -> tuple[str, ...]:
    """A line's cells, in the order of the columns, as they stand in a file."""
    return (
        "" if line.due is None else line.due.isoformat(),
        "overdue" if line.overdue else "late, and over" if line.over else "",
        str(days_overdue(line, now)) if line.overdue and line.due is not None else "",
        line.subject,
        line.occurrence,
        line.status,
        line.locality,
        line.team or "",
        " ".join(line.workers),
        "restricted" if line.restricted else "",
    )


def with_shortfall(rows: Iterable[Sequence[str]], incomplete: str) -> Iterator[Sequence[str]]:
    """The rows of a file, under that of the columns' names.

    A file goes where no notice goes with it. So where the list is not whole, each row says so in a
    last column, `incomplete`; and where none is left, a row without a line does.

    Args:
        rows: cells in the order of the columns.
        incomplete: in what the list is not whole; empty if it is.
    """
    if not incomplete:
        yield NAMES
        yield from rows
        return
    yield (*NAMES, INCOMPLETE)
    none = True
    for row in rows:
        none = False
        yield (*row, incomplete)
    if none:
        yield (*[""] * len(NAMES), incomplete)


def sort_key(column: str, line: Due, now: datetime) -> Any:
    """What lines are sorted by in a column; those alike in it stand by due time, then subject."""
    first: Any
    match column:
        case "due":
            first = due_time(line)
        case "late":
            first = line.overdue
        case "days_overdue":
            first = days_overdue(line, now)
        case "subject":
            first = line.subject
        case "which":
            first = line.occurrence
        case "status":
            first = line.status
        case "locality":
            first = line.locality
        case "team":
            first = line.team or ""
        case "workers":
            first = line.workers
        case "restricted":
            first = line.restricted
        case _:
            raise KeyError(column)
    return first, due_time(line), line.subject, line.occurrence
