"""How long each child is open without a break, whatever makes it so."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from casepulse.counties.january_2021.county import MONTH_ENDS, Child, County, Lasting, Spell, Stay

#: What is told of a child is told of the time from this day on.
TOLD_FROM = MONTH_ENDS[0].replace(day=1)


@dataclass(slots=True, eq=False)
class Run(Lasting):
    """A time during which a child is open: its first day, and its last; None while it lasts.

    A stay that begins on the day on which the one before it ends goes on with it.
    """

    child: Child
    first: date
    last: date | None
    stays: list[Spell]

    def because_of(self, day: date) -> Stay | None:
        """What makes the child open then; of several, what is watched most closely."""
        kinds = {stay.kind for stay in self.stays if stay.lasts_at_the_end_of(day)}
        order = (Stay.PLAN, Stay.CARE, Stay.LEAVER, Stay.REFERRAL)
        return next((kind for kind in order if kind in kinds), None)


def runs(county: County) -> list[Run]:
    """Every run of every child that lasts into the thirteen months, or begins after them."""
    return [
        run
        for child in county.children
        for run in _runs_of(child)
        if run.last is None or run.last >= TOLD_FROM
    ]


def _runs_of(child: Child) -> Iterator[Run]:
    run: Run | None = None
    for stay in sorted(child.spells, key=lambda stay: stay.first):
        if run is not None and (run.last is None or run.last >= stay.first):
            run.stays.append(stay)
            run.last = None if None in (run.last, stay.last) else _later(run.last, stay.last)
        else:
            if run is not None:
                yield run
            run = Run(child, stay.first, stay.last, [stay])
    if run is not None:
        yield run


def _later(one: date | None, other: date | None) -> date:
    assert one is not None
    assert other is not None
    return max(one, other)
