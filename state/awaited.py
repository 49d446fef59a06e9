"""What stands on the lists: every standing in which something is still to be done, and how many
when; and what was late in the month and is over.

Kept like the tally, by the same changes: what a rule says of a case now takes the place of what it
said before, and nothing is counted anew. The lists of `casepulse.state.due` name the same, line by
line. What was late in a month that is gone is on no list, and not kept.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime

from casepulse.schemas.profile import Profile
from casepulse.schemas.view import AwaitedView
from casepulse.state.calendar import (
    due_day,
    falls_due,
    falls_on,
    local_date,
    month_of,
    reporting_month,
)
from casepulse.state.lateness import Lateness
from casepulse.state.rules import Catalogue
from casepulse.state.standing import Standing

#: By measure, what is awaited in each locality, in the profile's order, where anything is.
AwaitedViews = dict[str, list[AwaitedView]]

#: Of one rule and locality: how many there are of each status, by what they fall due on.
_Counts = dict[tuple[str, date | datetime | None], int]


def last_day_ahead(today: date, profile: Profile) -> date:
    """The last day of the profile's look-ahead."""
    return due_day(today, profile.look_ahead)


class Awaited:
    """The standings of a partition that stand on a list, and their counts."""

    def __init__(self, catalogue: Catalogue, now: datetime) -> None:
        self._catalogue = catalogue
        self._month = month_of(reporting_month(now))
        self._standings: dict[tuple[str, str], list[Standing]] = {}
        self._counts: dict[str, dict[str, _Counts]] = {}
        """By rule and locality."""
        self._made: dict[str, AwaitedViews] = {}
        """By rule, the views of its measures; a rule of which something has changed is left out."""
        self._made_on: date | None = None
        """The day that they look ahead from."""
        self._views: AwaitedViews | None = None
        """All of them; None once anything has changed."""

    def __iter__(self) -> Iterator[tuple[str, Standing]]:
        """Each standing, with the subject of its case."""
        for (subject, _), standings in self._standings.items():
            for standing in standings:
                yield subject, standing

    def turn_to(self, now: datetime) -> None:
        """Let time pass: what was late in the months before that of `now`, and is over, is dropped.
        It does not come back, for time never goes back."""
        month = month_of(reporting_month(now))
        if month == self._month:
            return
        self._month = month
        for (subject, rule), standings in list(self._standings.items()):
            if any(self._is_gone(each) for each in standings):
                self.replace(subject, rule, standings)

    def replace(self, subject: str, rule: str, standings: Iterable[Standing]) -> None:
        """Put what a rule says of a case now in the place of what it said before."""
        before = self._standings.pop((subject, rule), [])
        now = [standing for standing in standings if self._is_listed(standing)]
        if now:
            self._standings[subject, rule] = now
        for each in before:
            self._count(each, -1)
        for each in now:
            self._count(each, 1)

    def _is_listed(self, standing: Standing) -> bool:
        return not self._is_gone(standing) and any(
            each.is_awaited(standing) or each.is_over(standing)
            for each in self._catalogue.lateness_by_rule[standing.measure]
        )

    def _is_gone(self, standing: Standing) -> bool:
        """Whether it counts in a month that is gone and is over. What is still to be done stays,
        whichever month it counts in; and "at" sorts after every month."""
        return standing.due is None and standing.period < self._month

    def _count(self, standing: Standing, by: int) -> None:
        locality = self._catalogue.profile.locality_of(standing.team)
        here = self._counts.setdefault(standing.measure, {}).setdefault(locality, {})
        key = standing.status, standing.due
        total = here.get(key, 0) + by
        if total < 0:
            raise ArithmeticError(f"fewer than none of {standing.measure} are awaited")
        if total:
            here[key] = total
        else:
            del here[key]
        self._made.pop(standing.measure, None)
        self._views = None

    def views(self, now: datetime) -> AwaitedViews:
        """By measure: what is overdue, and what falls due from the day of `now` to the end of the
        look-ahead; and how many were late in the month and are over.

        Made anew only where something has changed, or on another day. Not to be changed.
        """
        self.turn_to(now)
        today = local_date(now)
        if self._made_on != today:
            self._made, self._made_on, self._views = {}, today, None
        if self._views is None:
            self._views = {}
            for rule, counts in self._counts.items():
                made = self._made.get(rule)
                if made is None:
                    made = self._made[rule] = self._of_rule(rule, counts, today)
                self._views.update(made)
        return self._views

    def _of_rule(self, rule: str, counts: Mapping[str, _Counts], today: date) -> AwaitedViews:
        last = last_day_ahead(today, self._catalogue.profile)
        found: dict[str, dict[str, AwaitedView]] = {}
        for each in self._catalogue.lateness_by_rule[rule]:
            for locality, here in counts.items():
                view = _view(locality, here, each, today, last)
                if view.overdue or view.days or view.late_and_over:
                    found.setdefault(each.measure.id, {})[locality] = view
        return _in_order(found, self._catalogue.profile.localities)


def _view(
    locality: str, counts: _Counts, lateness: Lateness, today: date, last: date
) -> AwaitedView:
    overdue = over = 0
    longest: list[tuple[datetime, date]] = []
    days: dict[date, int] = {}
    for (status, due), count in counts.items():
        if status in lateness.late:
            if due is None and lateness.may_be_over:
                over += count
                continue
            overdue += count
            if due is not None:
                longest.append((falls_due(due), falls_on(due)))
        elif due is not None and status in lateness.ahead and today <= falls_on(due) <= last:
            days[falls_on(due)] = days.get(falls_on(due), 0) + count
    since, day = min(longest, default=(None, None))
    return AwaitedView(
        locality=locality,
        overdue=overdue,
        longest_overdue=since,
        longest_due=day,
        days=dict(sorted(days.items())),
        late_and_over=over,
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
    late = [view for view in views if view.longest_overdue is not None]
    first = min(late, key=lambda view: (view.longest_overdue, view.longest_due), default=None)
    return AwaitedView(
        locality=views[0].locality,
        overdue=sum(view.overdue for view in views),
        longest_overdue=first.longest_overdue if first else None,
        longest_due=first.longest_due if first else None,
        days=dict(sorted(days.items())),
        late_and_over=sum(view.late_and_over for view in views),
    )


def _in_order(found: dict[str, dict[str, AwaitedView]], localities: Sequence[str]) -> AwaitedViews:
    return {
        measure: [here[locality] for locality in localities if locality in here]
        for measure, here in found.items()
    }
