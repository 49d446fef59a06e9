"""Allocations: which social worker holds which child, since when, and who had none."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from casepulse.counties.january_2021.area import Area
from casepulse.counties.january_2021.changes_of_worker import plan_changes
from casepulse.counties.january_2021.counts import percent_of
from casepulse.counties.january_2021.county import (
    FEBRUARY,
    JANUARY,
    LAST,
    MONTH_ENDS,
    Child,
    County,
    Stay,
)
from casepulse.counties.january_2021.days import some_day
from casepulse.counties.january_2021.published import counted, figure, whole
from casepulse.counties.january_2021.runs import Run
from casepulse.counties.january_2021.staff import Worker, staff
from casepulse.schemas.events.workforce import (
    AllocationEnded,
    AllocationStarted,
    WorkerLeft,
    WorkerRecorded,
)
from casepulse.schemas.profile import load_profile

#: Of a child who was open before, the allocation is told from some day between these on.
TAKEN_OVER = date(2018, 6, 4), date(2019, 1, 25)

#: Whoever has had no worker since this day has had none for two weeks when January ends.
TWO_WEEKS = LAST - timedelta(days=13)

#: Workers who left in January and whose children nobody has taken over.
LEAVERS = 6


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
    delayed = counted("allocation_delayed")
    to_leavers = counted("allocated_to_leavers")
    no_worker_yet = len(now) - (whole("case_supervision"))
    shuffled = chance.sample(now, len(now))
    begun = [run for run in shuffled if run.stays[0].kind is Stay.REFERRAL]
    manager = [run for run in begun if date(2021, 1, 4) <= run.first < TWO_WEEKS][:1]
    never = [run for run in begun if run.first >= TWO_WEEKS][: no_worker_yet - len(manager)]
    long_open = [run for run in shuffled if run.first < date(2020, 8, 3)]
    between = [long_open.pop() for _ in range(delayed - no_worker_yet)]
    return Without(never, manager, between, [long_open.pop() for _ in range(to_leavers)])


def tell_allocations(area: Area, all_runs: list[Run]) -> Without:
    """Workers, and whom each has held."""
    now = [run for run in all_runs if run.lasts_at_the_end_of(LAST)]
    without = without_worker(now, area.chance)
    nobody = {*without.no_worker_yet, *without.between, *without.worker_left}
    workers = staff(area, [run for run in now if run not in nobody])
    leavers = _leavers(area, without.worker_left)
    for worker in workers + leavers:
        _record(area, worker)
    turns = _Turns(area.county, workers, area.chance)
    turns.plan(all_runs, leavers, without)
    turns.cut_gaps(all_runs)
    turns.tell_turns()
    return without


def _leavers(area: Area, left: list[Run]) -> list[Worker]:
    """Workers who left in January, and the children whom they still hold on paper."""
    found = []
    by_team = sorted(left, key=lambda run: run.child.team)
    for number in range(LEAVERS):
        holds = by_team[len(left) * number // LEAVERS : len(left) * (number + 1) // LEAVERS]
        worker = Worker(area.county.key("w"), holds[0].child.team, 1.0, holds)
        area.tell(worker, WorkerLeft, some_day(JANUARY, LAST, area.chance), 17)
        found.append(worker)
    return found


def _record(area: Area, worker: Worker) -> None:
    day = some_day(date(2014, 1, 6), date(2018, 5, 25), area.chance)
    area.tell(worker, WorkerRecorded, day, 9, fte=worker.fte)


class _Turns(Area):
    """Makes the turns of each run, and tells them."""

    def __init__(self, county: County, workers: list[Worker], chance: Random) -> None:
        super().__init__(county, chance)
        self._workers = workers
        self._turns: dict[Run, list[Turn]] = {}
        self._place_of = load_profile().teams
        self._near: dict[str, list[str]] = defaultdict(list)
        for worker in workers:
            self._near[self._place_of[worker.team]].append(worker.key)

    def _another(self, run: Run, *but: str) -> str:
        """Another worker of the child's locality."""
        near = self._near[self._place_of[run.child.team]]
        return self.chance.choice([key for key in near if key not in but])

    def plan(self, all_runs: list[Run], leavers: list[Worker], without: Without) -> None:
        """Who held whom. Whoever was open before has the worker again who had the case last."""
        holder = {run: worker.key for worker in self._workers + leavers for run in worker.holds}
        holder |= {run: self._another(run) for run in without.between}
        nobody_new = {*without.no_worker_yet, *without.between}
        changes = plan_changes(all_runs, nobody_new, self.chance)
        before: dict[Child, str] = {}
        for run in sorted(all_runs, key=lambda run: (run.child.key, run.first), reverse=True):
            if run in without.manager:
                manager = Worker(self.county.key("w"), run.child.team, 1.0)
                _record(self, manager)
                self._turns[run] = [Turn(manager.key, run.first, to_manager=True)]
            elif run in without.never:
                self._turns[run] = []
            else:
                last = holder.get(run) or before.get(run.child) or self._another(run)
                self._turns[run] = self._held(run, last, changes[run])
                before[run.child] = self._turns[run][0].worker
            if self._turns[run]:
                self._turns[run][-1].last = run.last
        for number, run in enumerate(without.between):
            # One of them for more than two weeks.
            last_day = some_day(TWO_WEEKS, LAST - timedelta(days=2), self.chance)
            self._turns[run][-1].last = last_day if number else date(2021, 1, 8)

    def _held(self, run: Run, last: str, changes: list[date]) -> list[Turn]:
        """The turns between the changes, the last of them with a worker; no three after one another
        with fewer than three."""
        workers = [last]
        for _ in changes:
            workers.insert(0, self._another(run, *workers[:2]))
        days = [self._first(run), *changes]
        turns = [Turn(worker, day) for worker, day in zip(workers, days, strict=True)]
        for turn, day in zip(turns, changes, strict=False):
            turn.last = day
        return turns

    def _first(self, run: Run) -> date:
        if run.first > TAKEN_OVER[0]:
            return run.first
        return max(run.first, some_day(*TAKEN_OVER, self.chance))

    def cut_gaps(self, all_runs: list[Run]) -> None:
        """At the end of each earlier month as many have no worker as the report prints."""
        chance = self.chance
        gapped: set[Run] = set()
        for end in MONTH_ENDS[:-1]:
            here = [run for run in all_runs if run.lasts_at_the_end_of(end)]
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
        chance, turns = self.chance, self._turns[run]
        for number, turn in enumerate(turns):
            until = end + timedelta(days=9)
            if turn.first <= end and (turn.last is None or turn.last > until):
                again = Turn(turn.worker, some_day(end + timedelta(days=1), until, chance))
                again.last = turn.last
                if turn.first > end - timedelta(days=6):
                    turns[number] = again
                else:
                    turn.last = some_day(end - timedelta(days=5), end, chance)
                    turns.insert(number + 1, again)
                return True
        return False

    def tell_turns(self) -> None:
        """Tell all turns. Whoever had no worker at the end of January gets one in February."""
        for run, turns in self._turns.items():
            for turn in turns:
                self._tell_turn(run, turn)
            held = turns[-1] if turns else None
            over = held is None or held.to_manager or (held.last is not None and held.last <= LAST)
            if run.lasts_at_the_end_of(LAST) and over:
                day = some_day(FEBRUARY, date(2021, 2, 19), self.chance)
                if run.last is None or run.last > day:
                    self._tell_turn(run, Turn(self._another(run), day, run.last))

    def _tell_turn(self, run: Run, turn: Turn) -> None:
        key = self.county.key("al")
        self.tell(
            run.child,
            AllocationStarted,
            turn.first,
            15.5,
            allocation=key,
            worker=turn.worker,
            to_manager=turn.to_manager,
        )
        if turn.last is not None:
            # The next worker's turn has begun by then; a case that closes has closed.
            self.tell(run.child, AllocationEnded, turn.last, 19.5, allocation=key)
