"""Supervisions and case notes: who is up to date, who is late, who has been forgotten.

Of each child who is open something is planned for every month's end: a supervision in the month, or
none; and that there is activity by then, or that there is none.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from casepulse.counties.january_2021.allocations import Without
from casepulse.counties.january_2021.area import Area
from casepulse.counties.january_2021.counts import part, percent_of
from casepulse.counties.january_2021.county import (
    FEBRUARY,
    JANUARY,
    LAST,
    MONTH_ENDS,
    Stay,
)
from casepulse.counties.january_2021.days import some_day
from casepulse.counties.january_2021.published import figure
from casepulse.counties.january_2021.runs import Run
from casepulse.counties.january_2021.supervision_plan import Late, plan_late
from casepulse.schemas.events.oversight import CaseNoteRecorded, CaseSupervised
from casepulse.schemas.profile import load_profile
from casepulse.schemas.standard import Standard
from casepulse.state.calendar import add_months, due_day

#: How many in a hundred had been supervised in time at the ends of the months of 2020: in December
#: as many as in January 2021.
SUPERVISED = (84, 86, 86, 85, 86, 85, 85, 85, 86, 86, 83, 85)

#: How many in a hundred are supervised in the month in which they become open.
SUPERVISED_AT_ONCE = 27


def tell_oversight(area: Area, all_runs: list[Run], without: Without) -> None:
    """Supervisions and case notes of the thirteen months, and some of February."""
    standards = _standards()
    late = _late_in_january(all_runs, without, area.chance)
    forgotten = _forgotten(all_runs, late, area.chance)
    nobody = set(without.no_worker_yet)
    unsupervised = _unsupervised(all_runs, late, forgotten, area.chance)
    for run in all_runs:
        work = _Work(run, standards, run not in nobody)
        work.plan(late, unsupervised[run], forgotten.get(run), area.chance)
        work.plan_february(late, area.chance)
        work.tell(area)


def _standards() -> dict[Stay, Standard]:
    """How soon there is to be activity again, by what makes a child open."""
    told = load_profile().measures["activity_in_timescale"].standards
    names = {
        Stay.PLAN: "on_a_plan",
        Stay.CARE: "in_care",
        Stay.LEAVER: "care_leaver",
        Stay.REFERRAL: "in_need",
    }
    return {stay: told[name] for stay, name in names.items()}


def _late_in_january(all_runs: list[Run], without: Without, chance: Random) -> Late:
    now = [run for run in all_runs if run.lasts_at_the_end_of(LAST)]
    nobody_to_supervise = set(without.no_worker_yet)
    return plan_late([run for run in now if run not in nobody_to_supervise], chance)


def _forgotten(all_runs: list[Run], late: Late, chance: Random) -> dict[Run, date]:
    """Who has no activity in time at the end of a month, and of which; each once at most."""
    found = dict.fromkeys(late.forgotten, LAST)
    for end in MONTH_ENDS[:-1]:
        here = [run for run in all_runs if run.lasts_at_the_end_of(end)]
        printed = figure("activity_in_timescale", period=f"{end:%Y-%m}").published
        wanted = len(here) - percent_of(printed, len(here))
        for run in chance.sample(here, len(here)):
            if not wanted:
                break
            if run not in found and run not in late.never and _can_be_forgotten(run, end):
                found[run] = end
                wanted -= 1
        if wanted:
            raise ValueError(f"too few can be forgotten at the end of {end:%B %Y}")
    return found


def _unsupervised(
    all_runs: list[Run], late: Late, forgotten: dict[Run, date], chance: Random
) -> dict[Run, set[date]]:
    """At the ends of which months of 2020 each is not supervised in time: of those open for a month
    so many that as many in a hundred of all are as planned."""
    found: dict[Run, set[date]] = {run: set() for run in all_runs}
    for end, following, percent in zip(MONTH_ENDS[:-1], MONTH_ENDS[1:], SUPERVISED, strict=True):
        here = [run for run in all_runs if run.lasts_at_the_end_of(end)]
        due = [run for run in here if add_months(run.first, 1) <= end]
        # Nothing is done for those who are forgotten, some weeks long.
        sure = [run for run in due if run in late.never or forgotten.get(run) in (end, following)]
        can_be = [
            run
            for run in due
            if run not in late.never
            and run not in forgotten
            and not (run in late.overdue and following == LAST)
        ]
        many = len(here) - part(len(here), percent) - len(sure)
        for run in chance.sample(can_be, many):
            found[run].add(end)
    return found


def _can_be_forgotten(run: Run, end: date) -> bool:
    """Whether the child has been open, for the same reason, for a quarter and more."""
    before = end - timedelta(days=100)
    return run.first < before and run.because_of(before) == run.because_of(end)


@dataclass(slots=True)
class _Work:
    """What is done for one child while it is open: days, and whether it is a supervision."""

    run: Run
    standards: dict[Stay, Standard]
    has_worker: bool
    done: list[tuple[date, bool]] = field(default_factory=list)

    def plan(
        self, late: Late, unsupervised: set[date], forgotten: date | None, chance: Random
    ) -> None:
        """By every month's end, in time; a supervision or not, as planned. By that at which the
        child is forgotten, not in time."""
        run = self.run
        for end in MONTH_ENDS:
            if run.lasts_at_the_end_of(end):
                month = end.replace(day=1)
                supervised = self.has_worker and end not in unsupervised
                if supervised and self._supervised(end, late, chance):
                    self.done.append((_weekday(max(run.first, month), end, chance), True))
                if self._lapsed(end, chance):
                    since = max(run.first, end - timedelta(days=13))
                    self.done.append((_weekday(since, end, chance), False))
                if end == forgotten:
                    self._forget(end, chance)

    def _supervised(self, end: date, late: Late, chance: Random) -> bool:
        run = self.run
        if run in late.never:
            return False
        if run in late.overdue and end >= MONTH_ENDS[-2]:
            return end < JANUARY
        begun_now = run.first >= end.replace(day=1)
        return not begun_now or chance.randrange(100) < SUPERVISED_AT_ONCE

    def _lapsed(self, end: date, chance: Random) -> bool:
        """Whether there is to be a note, lest what was done last be too long ago at a month's
        end."""
        because = self.run.because_of(end)
        assert because is not None
        last = max((day for day, _ in self.done), default=None)
        due_on = due_day(last or self.run.first, self.standards[because])
        return due_on <= end or (last is None and chance.random() < 0.6)

    def _forget(self, end: date, chance: Random) -> None:
        """Let nothing be done for so long that it is late for the first time at a month's end."""
        because = self.run.because_of(end)
        assert because is not None
        month = end.replace(day=1)
        days = [month - timedelta(days=n) for n in range(1, 75)]
        last = chance.choice(
            [day for day in days if month <= due_day(day, self.standards[because]) <= end]
        )
        self.done = [each for each in self.done if not last < each[0] <= end]
        self.done.append((last, True))

    def plan_february(self, late: Late, chance: Random) -> None:
        """Work goes on: half of those who are late are supervised, and some of the others."""
        run = self.run
        day = _weekday(FEBRUARY, date(2021, 3, 5), chance)
        often = 0.5 if run in late.overdue or run in late.never else 0.25
        wanted = chance.random() < often
        if wanted and run.lasts_at_the_end_of(LAST) and (run.last is None or run.last > day):
            self.done.append((day, chance.random() < 0.8))

    def tell(self, area: Area) -> None:
        """Tell what was done."""
        for day, supervision in self.done:
            area.tell(self.run.child, CaseSupervised if supervision else CaseNoteRecorded, day)


def _weekday(first: date, last: date, chance: Random) -> date:
    """A day between two, from Monday to Friday if it can be."""
    for _ in range(4):
        day = some_day(first, last, chance)
        if day.weekday() < 5:
            break
    return day
