"""Allocations: which social worker holds which child, since when, and who had none."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from casepulse.counties.january_2021.county import (
    FEBRUARY,
    JANUARY,
    MONTH_ENDS,
    County,
    Stay,
    at,
)
from casepulse.counties.january_2021.draws import day_between, percent_of
from casepulse.counties.january_2021.published import figure
from casepulse.counties.january_2021.runs import LAST, Run
from casepulse.counties.january_2021.staff import Worker, staff
from casepulse.schemas.events.workforce import (
    AllocationEnded,
    AllocationStarted,
    WorkerLeft,
    WorkerRecorded,
)
from casepulse.schemas.profile import load_profile

#: Of a child who was open before, the allocation is told from some day between these on.
TAKEN_OVER = date(2018, 6, 4), date(2019, 12, 13)

#: The same of a child in care who was restless, and the longest that the second of two short turns
#: lasts.
RECENTLY = date(2018, 6, 4), date(2019, 4, 30)
A_SEASON = timedelta(days=90)

#: The first days of the last 6 and of the last 12 months.
SIX_MONTHS, TWELVE_MONTHS = date(2020, 8, 1), date(2020, 2, 1)

#: Whoever has had no worker since this day has had none for two weeks when January ends.
TWO_WEEKS = LAST - timedelta(days=13)

#: Workers who left in January and whose children nobody has taken over.
LEAVERS = 6

#: Whoever has had three workers in six months was held before this day.
HELD_BEFORE = date(2020, 9, 21)

#: Before the months of which the report tells, so many were restless: two workers within months.
RESTLESS, RESTLESS_IN_CARE = 0.35, 0.65

#: What begins after January is told until this day.
TOLD_UNTIL = date(2021, 3, 5)

#: How many of the children with fewer than three workers have had two.
HAD_TWO = 0.4


@dataclass(slots=True)
class Turn:
    """A worker's turn: from a day to a day. The next begins as it ends, or after a gap."""

    worker: str
    first: date
    last: date | None = None
    to_manager: bool = False


@dataclass(slots=True)
class Without:
    """Who has no worker when January ends: nobody was found yet; a manager keeps the case; one
    gave it up and no other took it; the worker left."""

    never: list[Run]
    manager: list[Run]
    between: list[Run]
    worker_left: list[Run]

    @property
    def no_worker_yet(self) -> list[Run]:
        """Those whom no social worker has held."""
        return self.never + self.manager


def without_worker(now: list[Run], chance: Random) -> Without:
    """Choose them among those open when January ends, as many as published.

    Those whom no worker has held yet are as many as the report leaves out of case supervision.
    """
    delayed = figure("allocation_delayed").numerator or 0
    to_leavers = figure("allocated_to_leavers").numerator or 0
    no_worker_yet = len(now) - (figure("case_supervision").denominator or 0)
    shuffled = chance.sample(now, len(now))
    begun = [run for run in shuffled if run.stays[0].kind is Stay.REFERRAL]
    manager = [run for run in begun if date(2021, 1, 4) <= run.first < TWO_WEEKS][:1]
    never = [run for run in begun if run.first >= TWO_WEEKS][: no_worker_yet - len(manager)]
    long_open = [run for run in shuffled if run.first < date(2020, 8, 3)]
    between = [long_open.pop() for _ in range(delayed - no_worker_yet)]
    return Without(never, manager, between, [long_open.pop() for _ in range(to_leavers)])


def tell_allocations(county: County, all_runs: list[Run], chance: Random) -> Without:
    """Workers, and whom each has held."""
    now = [run for run in all_runs if run.open_at_the_end_of(LAST)]
    without = without_worker(now, chance)
    nobody = {*without.no_worker_yet, *without.between, *without.worker_left}
    workers = staff(county, [run for run in now if run not in nobody], chance)
    leavers = _leavers(county, without.worker_left, chance)
    for worker in workers + leavers:
        _record(county, worker, chance)
    turns = _Turns(county, workers, chance)
    turns.plan_current(now, leavers, without)
    turns.plan_earlier(all_runs)
    turns.cut_gaps(all_runs)
    turns.tell()
    return without


def _leavers(county: County, left: list[Run], chance: Random) -> list[Worker]:
    """Workers who left in January, and the children whom they still hold on paper."""
    found = []
    by_team = sorted(left, key=lambda run: run.child.team)
    for number in range(LEAVERS):
        holds = by_team[len(left) * number // LEAVERS : len(left) * (number + 1) // LEAVERS]
        worker = Worker(county.key("w"), holds[0].child.team, 1.0, holds)
        gone = WorkerLeft(team=worker.team)
        county.tell(f"worker:{worker.key}", gone, at(day_between(JANUARY, LAST, chance), 17))
        found.append(worker)
    return found


def _record(county: County, worker: Worker, chance: Random) -> None:
    data = WorkerRecorded(fte=worker.fte, team=worker.team)
    day = day_between(date(2014, 1, 6), date(2018, 5, 25), chance)
    county.tell(f"worker:{worker.key}", data, at(day, 9))


class _Turns:
    """Makes the turns of each run, and tells them."""

    def __init__(self, county: County, workers: list[Worker], chance: Random) -> None:
        self._county = county
        self._chance = chance
        self._workers = workers
        self._turns: dict[Run, list[Turn]] = {}
        self._steady: dict[str, str] = {}
        self._place_of = load_profile().teams
        self._near: dict[str, list[str]] = defaultdict(list)
        for worker in workers:
            self._near[self._place_of[worker.team]].append(worker.key)

    def _another(self, run: Run, *but: str) -> str:
        """Another worker of the child's locality."""
        near = self._near[self._place_of[run.child.team]]
        return self._chance.choice([key for key in near if key not in but])

    def plan_current(self, now: list[Run], leavers: list[Worker], without: Without) -> None:
        """Who has held those open when January ends: with as many workers as published."""
        holder = {run: worker.key for worker in self._workers + leavers for run in worker.holds}
        holder |= {run: self._another(run) for run in without.between}
        often, over_the_year = self._unsteady([run for run in now if run in holder], len(now))
        for run in now:
            if run in without.manager:
                manager = Worker(self._county.key("w"), run.child.team, 1.0)
                _record(self._county, manager, self._chance)
                self._turns[run] = [Turn(manager.key, run.first, to_manager=True)]
            elif run not in holder:
                self._turns[run] = []
            else:
                self._turns[run] = self._held(run, holder[run], run in often, run in over_the_year)
                if run not in often and run not in over_the_year:
                    self._steady[run.child.key] = holder[run]
        for run in without.between:
            # One of them for more than two weeks.
            last = day_between(TWO_WEEKS, LAST - timedelta(days=2), self._chance)
            if run is without.between[0]:
                last = date(2021, 1, 8)
            self._turns[run][-1].last = last

    def _unsteady(self, held: list[Run], many: int) -> tuple[set[Run], set[Run]]:
        """Those with three workers in six months; of those in care, the others with three in
        twelve."""
        chance = self._chance
        steady = percent_of(figure("sw_stability_6m").published, many)
        all_in_care = set(self._county.open_children(Stay.CARE, LAST))
        three = len(all_in_care) - percent_of(
            figure("sw_stability_cic_12m").published, len(all_in_care)
        )
        in_care = [run for run in held if run.child in all_in_care]
        long_in_care = [run for run in in_care if run.first < date(2020, 6, 1)]
        lately = [run for run in in_care if date(2020, 6, 1) <= run.first < HELD_BEFORE]
        often = set(chance.sample(lately, len(lately) // 2))
        often |= set(chance.sample(long_in_care, three // 2 - len(often)))
        rest = [run for run in long_in_care if run not in often]
        over_the_year = set(chance.sample(rest, three - len(often)))
        others = [run for run in held if run.first < HELD_BEFORE and run.child not in all_in_care]
        often |= set(chance.sample(others, many - steady - len(often)))
        return often, over_the_year

    def _held(self, run: Run, holder: str, often: bool, over_the_year: bool) -> list[Turn]:
        in_care = run.because_of(LAST) is Stay.CARE
        before_this = self._restless(run, TWELVE_MONTHS if in_care else SIX_MONTHS)
        first = before_this[-1].last if before_this else None
        first = first or self._first(run)
        return before_this + self._lately(run, first, holder, often, over_the_year)

    def _lately(
        self, run: Run, first: date, holder: str, often: bool, over_the_year: bool
    ) -> list[Turn]:
        """The turns of the months of which the report tells: one worker, two, or three."""
        chance = self._chance
        if often or over_the_year:
            since = SIX_MONTHS if often else TWELVE_MONTHS
            until = date(2020, 11, 10) if often else date(2020, 7, 26)
            one = day_between(max(first, since) + timedelta(days=4), until, chance)
            two = day_between(one + timedelta(days=5), date(2020, 12, 30), chance)
            before = self._another(run, holder)
            between = self._another(run, holder, before)
            return [Turn(before, first, one), Turn(between, one, two), Turn(holder, two)]
        if first < date(2020, 12, 1) and chance.random() < HAD_TWO:
            change = day_between(first + timedelta(days=3), date(2020, 12, 30), chance)
            return [Turn(self._another(run, holder), first, change), Turn(holder, change)]
        return [Turn(holder, first)]

    def _restless(self, run: Run, until: date) -> list[Turn]:
        """Two short turns that are over by a day; none, if there is no time for them."""
        chance = self._chance
        in_care = any(stay.kind is Stay.CARE for stay in run.stays)
        first = max(run.first, day_between(*(RECENTLY if in_care else TAKEN_OVER), chance))
        if chance.random() > (RESTLESS_IN_CARE if in_care else RESTLESS):
            return []
        if first + timedelta(days=20) > until:
            return []
        one = day_between(first + timedelta(days=3), until - timedelta(days=7), chance)
        two = day_between(one + timedelta(days=2), min(until - timedelta(days=3), one + A_SEASON),
                          chance)  # fmt: skip
        before = self._another(run)
        return [Turn(before, first, one), Turn(self._another(run, before), one, two)]

    def _first(self, run: Run) -> date:
        if run.first > TAKEN_OVER[0]:
            return run.first
        return max(run.first, day_between(*TAKEN_OVER, self._chance))

    def plan_earlier(self, all_runs: list[Run]) -> None:
        """Who held those no longer open, or not open yet; a child of now, the worker of now."""
        of_now = {run.child for run in self._turns}
        for run in all_runs:
            if run not in self._turns:
                worker = self._steady.get(run.child.key) or self._another(run)
                self._steady[run.child.key] = worker
                turns = [] if run.child in of_now else self._restless(run, run.last or TOLD_UNTIL)
                first = turns[-1].last if turns else None
                self._turns[run] = [*turns, Turn(worker, first or self._first(run))]
        for run, turns in self._turns.items():
            if turns and turns[-1].last is None:
                turns[-1].last = run.last

    def cut_gaps(self, all_runs: list[Run]) -> None:
        """At the end of each earlier month as many have no worker as the report prints."""
        chance = self._chance
        gapped: set[Run] = set()
        for end in MONTH_ENDS[:-1]:
            here = [run for run in all_runs if run.open_at_the_end_of(end)]
            printed = figure("allocated_worker", period=f"{end:%Y-%m}").published
            wanted = len(here) - percent_of(printed, len(here))
            for run in chance.sample(here, len(here)):
                if wanted and run not in gapped and self._cut(run, end):
                    gapped.add(run)
                    wanted -= 1
            if wanted:
                raise ValueError(f"too few can be without a worker at the end of {end:%B %Y}")

    def _cut(self, run: Run, end: date) -> bool:
        """Leave the child without a worker for some days around a month's end, if that goes."""
        chance, turns = self._chance, self._turns[run]
        for number, turn in enumerate(turns):
            until = end + timedelta(days=9)
            if turn.first <= end and (turn.last is None or turn.last > until):
                again = Turn(turn.worker, day_between(end + timedelta(days=1), until, chance))
                again.last = turn.last
                if turn.first > end - timedelta(days=6):
                    turns[number] = again
                else:
                    turn.last = day_between(end - timedelta(days=5), end, chance)
                    turns.insert(number + 1, again)
                return True
        return False

    def tell(self) -> None:
        """Tell all turns. Whoever had no worker at the end of January gets one in February."""
        for run, turns in self._turns.items():
            for turn in turns:
                self._tell_turn(run, turn)
            held = turns[-1] if turns else None
            over = held is None or held.to_manager or (held.last is not None and held.last <= LAST)
            if run.open_at_the_end_of(LAST) and over:
                day = day_between(FEBRUARY, date(2021, 2, 19), self._chance)
                if run.last is None or run.last > day:
                    self._tell_turn(run, Turn(self._another(run), day, run.last))

    def _tell_turn(self, run: Run, turn: Turn) -> None:
        key, child, chance = self._county.key("al"), run.child, self._chance
        started = AllocationStarted(
            allocation=key, worker=turn.worker, to_manager=turn.to_manager, team=child.team
        )
        time = at(turn.first, 15.5)
        self._county.tell(child.subject, started, time, _recorded(turn.first, chance))
        if turn.last is not None:
            ended = AllocationEnded(allocation=key, team=child.team)
            # The next worker's turn has begun by then; a case that closes has closed.
            self._county.tell(child.subject, ended, at(turn.last, 19.5))


def _recorded(day: date, chance: Random) -> datetime | None:
    """One in thirty of the second half of January is recorded in February."""
    if TWO_WEEKS <= day < FEBRUARY and chance.random() < 1 / 30:
        return at(day_between(FEBRUARY, date(2021, 3, 4), chance), 10)
    return None
