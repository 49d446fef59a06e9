"""The county: its places and teams, and the children who come to notice month by month."""

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from functools import cached_property, partial
from itertools import count
from math import exp
from random import Random
from typing import Any

from casepulse.counties.scenario.agenda import Agenda
from casepulse.counties.scenario.child import DISABLED, Child
from casepulse.counties.scenario.diary import at_hour, is_working_day
from casepulse.counties.scenario.front_door import FrontDoor
from casepulse.counties.scenario.referral import NEEDS, Need, Referral
from casepulse.counties.scenario.workforce import COMFORTABLE, Team
from casepulse.schemas.codes import ReferralSource
from casepulse.schemas.envelope import Event
from casepulse.schemas.profile import load_profile
from casepulse.state.calendar import add_months, midnight

#: Months before the window in which the children came who are known when it begins.
RUN_IN = 14

#: However long ago they came: children who are told of because they may come back.
REMEMBERED = 0.3

#: A day without offices, beside a working day.
WEEKEND = 0.25

#: How the county's children are spread over its localities; 4 for one that is not named here.
CHILDREN_IN = {
    "Gloucester": 30, "Cheltenham": 18, "Stroud": 15, "FoD": 13, "Tewkesbury": 11, "Cotswolds": 8,
    DISABLED: 7,
}  # fmt: skip

#: Families that move to another part of the county while their case is open.
MOVES_AWAY = 0.05

#: Staff when the run-in begins, for each child to come: what the first children will need.
STAFF_AT_FIRST = 0.04


class County:
    """All that the cases of a scenario share."""

    def __init__(self, seed: int, children: int, months: int, ends: date) -> None:
        self.seed = seed
        self.children = children
        self.window = add_months(ends, -months)
        self.begins = add_months(self.window, -RUN_IN)
        self.ends = ends
        self.agenda = Agenda(midnight(self.begins), midnight(ends))
        self._workers = count(1)
        self._teams = self._set_up_teams()
        self.random = self.chances("arrivals")
        self.front_door = FrontDoor(self)

    def chances(self, of: str) -> Random:
        """The chances of one case, team or place: they depend on the seed and its key alone."""
        return Random(f"{self.seed}:{of}")

    def next_worker(self) -> str:
        """The key of the next worker to be appointed."""
        return f"w{next(self._workers):03d}"

    # Places

    def _set_up_teams(self) -> dict[str, list[Team]]:
        """The teams of each locality, without the front door's."""
        teams: dict[str, list[Team]] = {}
        profile = load_profile()
        for name, locality in profile.teams.items():
            if locality != profile.locality_of_others:
                teams.setdefault(locality, []).append(Team(self, name))
        return teams

    def team_for(self, child: Child) -> Team:
        """The team that works cases of the child's stage where the child lives. Where teams are not
        told apart by stage, one keeps the child throughout."""
        teams = self._teams[child.locality]
        kept_by = teams[child.number % len(teams)]
        return next((team for team in teams if team.name.endswith(child.stage)), kept_by)

    def locality_for(self, child: Child, besides: Collection[str] = ()) -> str:
        """A locality where the child might live, others left out."""
        places = {place: CHILDREN_IN.get(place, 4) for place in self._teams}
        return child.pick({place: each for place, each in places.items() if place not in besides})

    def _staff(self) -> None:
        """The workers who are there when the scenario begins."""
        everywhere = sum(CHILDREN_IN.get(place, 4) for place in self._teams)
        for locality, teams in self._teams.items():
            share = CHILDREN_IN.get(locality, 4) / everywhere / len(teams)
            needed = self.children * share * STAFF_AT_FIRST / COMFORTABLE
            for team in teams:
                team.appoint_at_first(needed)

    # Children

    def events(self) -> Iterator[Event[Any]]:
        """Every fact recorded before the end, by recorded time; the workers come first."""
        self._staff()
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
        days = (self.ends - self.begins).days
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
        ago = max((self.window - day).days / 30.4, 0.0)
        return {
            need: share * max(exp(-ago / months), REMEMBERED)
            for need, (share, months) in NEEDS.items()
        }

    def _comes_to_notice(self, number: int) -> None:
        self.front_door.hear_of(Child(self, number))

    def refer(self, child: Child, source: ReferralSource) -> None:
        """A contact ends as a referral of a child, new or known before."""
        child.register()
        if not child.disabled and child.chance(MOVES_AWAY):
            child.agenda.plan(child.in_days(20, 120), child.move_away)
        Referral(child, child.pick(self._needs_of(child.today))).begin(source)
