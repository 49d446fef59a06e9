"""Child-level lists: what is overdue, and what falls due in the days ahead.

From the same standings as the figures: whoever is late in a figure is on its list.
"""

from datetime import datetime

from schemas.due import Due
from state.awaited import last_day_ahead
from state.calendar import falls_due, falls_on, local_date
from state.case import Case
from state.partition import Partition
from state.records.restriction import is_restricted
from state.records.workforce import allocated_workers
from state.rules import Catalogue
from state.standing import Standing


def due_list(partition: Partition, catalogue: Catalogue) -> list[Due]:
    """What is overdue in a partition or falls due within the profile's look-ahead, by measure and
    due time."""
    now = partition.now
    last = last_day_ahead(local_date(now), catalogue.profile)
    lines = [
        _line(standing, partition.case(subject), catalogue, now)
        for subject, standing in partition.awaited()
        if standing.due is not None and falls_on(standing.due) <= last
    ]
    return sorted(lines, key=lambda line: (line.measure, falls_due(line.due), line.subject))


def _line(standing: Standing, case: Case, catalogue: Catalogue, now: datetime) -> Due:
    assert standing.due is not None
    view = catalogue.view(case, now)
    team = standing.team
    return Due(
        measure=standing.measure,
        subject=case.subject,
        occurrence=standing.occurrence,
        status=standing.status,
        due=standing.due,
        overdue=standing.status in catalogue.measures[standing.measure].late,
        locality=catalogue.profile.locality_of(team),
        team=team,
        workers=tuple(view.records(allocated_workers)),
        restricted=view.records(is_restricted),
    )
