"""The county: the children who come to notice month by month, and are referred."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cached_property, partial
from math import exp
from typing import Any

from casepulse.counties.scenario.child import Child
from casepulse.counties.scenario.diary import at_hour, is_working_day
from casepulse.counties.scenario.front_door import FrontDoor
from casepulse.counties.scenario.places import Places
from casepulse.counties.scenario.referral import NEEDS, Need, Referral
from casepulse.counties.scenario.setting import Setting
from casepulse.schemas.codes import ReferralSource
from casepulse.schemas.envelope import Event
from casepulse.state.calendar import midnight

#: However long ago they came: children who are told of because they may come back.
REMEMBERED = 0.3

#: A day without offices, beside a working day.
WEEKEND = 0.25

#: Families that move to another part of the county while their case is open.
MOVES_AWAY = 0.05


class County:
    """A scenario: who comes to notice, and what becomes of it."""

    def __init__(self, seed: int, children: int, months: int, ends: date) -> None:
        self.setting = Setting(seed, months, ends)
        self.children = children
        self.begins, self.agenda = self.setting.begins, self.setting.agenda
        self.places = Places(self.setting)
        self.random = self.setting.chances("arrivals")
        self.front_door = FrontDoor(self.setting)

    def events(self) -> Iterator[Event[Any]]:
        """Every fact recorded before the end, by recorded time; the workers come first."""
        self.places.staff(self.children)
        self._open_on(self.begins, 0.0, 0)
        return self.agenda.run()

    def _open_on(self, day: date, expected: float, come: int) -> None:
        """A day begins: those of its children who come to notice are heard of in its hours.

        Args:
            day: the day.
            expected: how many of all children should have come before it.
            come: how many have.
        """
        expected += self._share_of(day) * self._children_a_day
        for number in range(come + 1, round(expected) + 1):
            at = at_hour(day, self.random.triangular(7, 22, 13))
            self.agenda.plan(at, partial(self._comes_to_notice, number))
            come = number
        next_day = day + timedelta(days=1)
        self.agenda.plan(midnight(next_day), partial(self._open_on, next_day, expected, come))

    @cached_property
    def _children_a_day(self) -> float:
        """Children who come to notice on a working day of the window."""
        days = (self.setting.ends - self.begins).days
        shares = (self._share_of(self.begins + timedelta(days=n)) for n in range(days))
        return self.children / sum(shares)

    def _share_of(self, day: date) -> float:
        """How busy a day is, beside a working day of the window.

        The county is as busy in the run-in, but only those children are told of who
        are known when the window begins, or may come back: the longer ago, the fewer.
        """
        busy = 1.0 if is_working_day(day) else WEEKEND
        return busy * sum(self._needs_of(day).values())

    def _needs_of(self, day: date) -> dict[Need, float]:
        """Of the children who come on a day, those told of, as shares by what they need."""
        ago = max((self.setting.window - day).days / 30.4, 0.0)
        return {
            need: share * max(exp(-ago / months), REMEMBERED)
            for need, (share, months) in NEEDS.items()
        }

    def _comes_to_notice(self, number: int) -> None:
        self._hear_of(Child(self.setting, self.places, self.front_door, number))

    def _hear_of(self, child: Child) -> None:
        self.front_door.hear_of_child(partial(self._refer, child))

    def _refer(self, child: Child, source: ReferralSource) -> None:
        """A contact ends as a referral of a child, new or known before."""
        child.register()
        if not child.disabled and child.chance(MOVES_AWAY):
            child.agenda.plan(child.in_days(20, 120), child.move_away)
        need = child.pick(self._needs_of(child.today))
        Referral(child, need, partial(self._hear_of, child)).begin(source)
