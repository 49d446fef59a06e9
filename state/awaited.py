"""What is awaited: every standing in which something is still to be done, and how many when.

Kept like the tally, by the same changes: what a rule says of a case now takes the place of what it
said before, and nothing is counted anew. The lists of `state.due` name the same, line by line.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from schemas.profile import Profile
from schemas.view import AwaitedView
from state.calendar import due_day, falls_due, falls_on, local_date
from state.rules import Catalogue
from state.standing import Standing

#: By measure, what is awaited in each locality, in the profile's order, where anything is.
AwaitedViews = dict[str, list[AwaitedView]]


def last_day_ahead(today: date, profile: Profile) -> date:
    """The last day of the profile's look-ahead."""
    return due_day(today, profile.look_ahead)


@dataclass(slots=True)
class _Counts:
    """Of one measure and locality: how many, by what they fall due on."""

    overdue: dict[date | datetime, int] = field(default_factory=dict)
    """Those in a status that is late, as the measure says."""
    others: dict[date | datetime, int] = field(default_factory=dict)


class Awaited:
    """The standings of a partition that name a due day, and their counts."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._standings: dict[tuple[str, str], list[Standing]] = {}
        self._counts: dict[tuple[str, str], _Counts] = {}
        self._views: AwaitedViews = {}
        self._views_of: date | None = None
        """The day that they look ahead from; None once anything has changed."""

    def __iter__(self) -> Iterator[tuple[str, Standing]]:
        """Each standing, with the subject of its case."""
        for (subject, _), standings in self._standings.items():
            for standing in standings:
                yield subject, standing

    def replace(self, subject: str, rule: str, standings: Iterable[Standing]) -> None:
        """Put what a rule says of a case now in the place of what it said before."""
        before = self._standings.pop((subject, rule), [])
        awaited = [standing for standing in standings if standing.due is not None]
        if awaited:
            self._standings[subject, rule] = awaited
        for each in before:
            self._count(each, -1)
        for each in awaited:
            self._count(each, 1)

    def _count(self, standing: Standing, by: int) -> None:
        assert standing.due is not None
        locality = self._catalogue.profile.locality_of(standing.team)
        counts = self._counts.setdefault((standing.measure, locality), _Counts())
        late = standing.status in self._catalogue.measures[standing.measure].late
        here = counts.overdue if late else counts.others
        total = here.get(standing.due, 0) + by
        if total < 0:
            raise ArithmeticError(f"fewer than none of {standing.measure} are awaited")
        if total:
            here[standing.due] = total
        else:
            del here[standing.due]
        self._views_of = None

    def views(self, now: datetime) -> AwaitedViews:
        """What is overdue, and what falls due from the day of `now` to the end of the look-ahead.

        What is past its due day in a status that is not late, as of somebody whom the measure does
        not count, is neither. Made anew only after a change, or on another day. Not to be changed.
        """
        today = local_date(now)
        if self._views_of != today:
            self._views, self._views_of = self._made(today), today
        return self._views

    def _made(self, today: date) -> AwaitedViews:
        last = last_day_ahead(today, self._catalogue.profile)
        found: dict[str, dict[str, AwaitedView]] = {}
        for (measure, locality), counts in self._counts.items():
            view = _view(locality, counts, today, last)
            if view.overdue or view.days:
                found.setdefault(measure, {})[locality] = view
        return _in_order(found, self._catalogue.profile.localities)


def _view(locality: str, counts: _Counts, today: date, last: date) -> AwaitedView:
    late = [due for due in counts.overdue if falls_on(due) <= last]
    days: dict[date, int] = {}
    for due, count in counts.others.items():
        day = falls_on(due)
        if today <= day <= last:
            days[day] = days.get(day, 0) + count
    return AwaitedView(
        locality=locality,
        overdue=sum(counts.overdue[due] for due in late),
        longest_overdue=min(map(falls_due, late), default=None),
        days=dict(sorted(days.items())),
    )


def merged(
    parts: Iterable[Mapping[str, Sequence[AwaitedView]]], localities: Sequence[str]
) -> AwaitedViews:
    """What is awaited in several partitions together.

    Args:
        parts: that of each partition.
        localities: the profile's, in its order.
    """
    found: dict[str, dict[str, list[AwaitedView]]] = {}
    for part in parts:
        for measure, views in part.items():
            here = found.setdefault(measure, {})
            for view in views:
                here.setdefault(view.locality, []).append(view)
    summed = {
        measure: {locality: _sum(views) for locality, views in here.items()}
        for measure, here in found.items()
    }
    return _in_order(summed, localities)


def _sum(views: list[AwaitedView]) -> AwaitedView:
    """That of one locality, from one partition or several."""
    if len(views) == 1:
        return views[0]
    days: Counter[date] = Counter()
    for view in views:
        days.update(view.days)
    return AwaitedView(
        locality=views[0].locality,
        overdue=sum(view.overdue for view in views),
        longest_overdue=min(
            (view.longest_overdue for view in views if view.longest_overdue), default=None
        ),
        days=dict(sorted(days.items())),
    )


def _in_order(found: dict[str, dict[str, AwaitedView]], localities: Sequence[str]) -> AwaitedViews:
    return {
        measure: [here[locality] for locality in localities if locality in here]
        for measure, here in found.items()
    }
