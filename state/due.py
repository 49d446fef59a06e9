"""Child-level lists: what is overdue, and what falls due in the days ahead; and what was late in
the month and is over.

From the same standings as the figures: whoever is late in a figure is on a list of it.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from casepulse.schemas.due import Due
from casepulse.schemas.envelope import EARLIEST
from casepulse.state.awaited import last_day_ahead
from casepulse.state.calendar import falls_due, falls_on, local_date, month_of, reporting_month
from casepulse.state.partition import Partition
from casepulse.state.records.restriction import is_restricted
from casepulse.state.records.workforce import allocated_workers
from casepulse.state.rules import Catalogue
from casepulse.state.standing import AT, Standing
from casepulse.state.view import CaseView


def due_list(partition: Partition, catalogue: Catalogue) -> list[Due]:
    """What is overdue in a partition or falls due within the profile's look-ahead, and what was
    late in the month and is over, by measure and due time."""
    now = partition.now
    standings: dict[str, list[Standing]] = {}
    for subject, standing in partition.awaited():
        standings.setdefault(subject, []).append(standing)
    lines = (
        line
        for subject, of_case in standings.items()
        for line in lines_of(of_case, catalogue.view(partition.case(subject), now), catalogue)
    )
    return sorted(lines, key=in_order)


def in_order(line: Due) -> tuple[str, bool, datetime, str, str]:
    """How lines are sorted: by list, and in it by due time; first what has none on record."""
    return line.measure, line.over, due_time(line), line.subject, line.occurrence


def due_time(line: Due) -> datetime:
    """The instant after which a line is late; before all others where none is on record."""
    return EARLIEST if line.due is None else falls_due(line.due)


def lines_of(standings: Iterable[Standing], view: CaseView, catalogue: Catalogue) -> Iterator[Due]:
    """The lines that standings of one case are on the lists.

    Args:
        standings: what rules say.
        view: the case, as at the instant that the lists are as at.
        catalogue: which list has what.
    """
    now = view.clock.now
    last = last_day_ahead(local_date(now), catalogue.profile)
    month = month_of(reporting_month(now))
    for standing in standings:
        for each in catalogue.lateness_by_rule[standing.measure]:
            if not each.has_list:
                continue
            over = each.is_over(standing) and standing.period == month
            if over or (each.is_awaited(standing) and _is_near(standing.due, last)):
                yield Due(
                    measure=each.measure.id,
                    subject=view.subject,
                    occurrence=standing.occurrence,
                    status=standing.status,
                    due=standing.due,
                    overdue=each.is_overdue(standing),
                    over=over,
                    month=None if standing.period == AT else standing.period,
                    locality=catalogue.profile.locality_of(standing.team),
                    team=standing.team,
                    workers=tuple(view.records(allocated_workers)),
                    restricted=view.records(is_restricted),
                )


def _is_near(due: date | datetime | None, last: date) -> bool:
    return due is None or falls_on(due) <= last
