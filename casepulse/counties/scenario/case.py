"""A case that tells its own facts, and the courses of practice that a case goes through."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Protocol, TypeVar

from casepulse.counties.scenario.agenda import Entry, Step
from casepulse.counties.scenario.diary import office_time, recorded_after
from casepulse.counties.scenario.setting import Setting
from casepulse.schemas.envelope import Data
from casepulse.schemas.events import RecordAmended, RecordVoided
from casepulse.schemas.events.care import CareReviewHeld, PlacementStarted
from casepulse.schemas.events.protection import ConferenceHeld, SectionFortySevenCompleted
from casepulse.schemas.events.referral import AssessmentAuthorised, VisitRecorded
from casepulse.state.calendar import add_working_days, local_date

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

#: What people date from memory, and so sometimes wrongly; and the share that is put right later.
DATED_BY_HAND = (
    VisitRecorded, AssessmentAuthorised, SectionFortySevenCompleted,
    ConferenceHeld, PlacementStarted, CareReviewHeld,
)  # fmt: skip
MISDATED = 0.025

#: What is sometimes entered twice, by two people who were both there; the second is withdrawn.
ENTERED_BY_TWO = (VisitRecorded, CareReviewHeld)
ENTERED_TWICE = 0.012

#: A correction that was itself a mistake.
CORRECTED_WRONGLY = 0.04


class Shares(Protocol[T_co]):
    """A dict of what may be picked, each with its share."""

    def keys(self) -> Iterable[T_co]: ...
    def values(self) -> Iterable[float]: ...


class Case:
    """One subject of events: it draws its own chances and tells what happens to it.

    The chances are derived from the scenario's seed and the case's key alone.
    """

    def __init__(self, setting: Setting, kind: str, key: str) -> None:
        self.setting = setting
        self.agenda = setting.agenda
        self.key = key
        self.subject = f"{kind}:{key}"
        self.random = setting.chances(key)
        self._told = 0

    @property
    def now(self) -> datetime:
        """The instant at which the county is."""
        return self.agenda.now

    @property
    def today(self) -> date:
        """The local day of `now`."""
        return local_date(self.now)

    # Chances

    def chance(self, share: float) -> bool:
        """Whether something happens that happens in this share of cases."""
        return self.random.random() < share

    def pick(self, shares: Shares[T]) -> T:
        """One of several, each as likely as its share."""
        return self.random.choices(list(shares.keys()), list(shares.values()))[0]

    # Times

    def on(self, day: date) -> datetime:
        """Some office time of a day; of today, or of a day gone by: within the next two hours."""
        at = office_time(day, self.random)
        return at if at > self.now else self.now + self.minutes(5, 120)

    def day_in(self, soonest: int, latest: int) -> date:
        """A working day, so many of them from today. Today is day 0."""
        return add_working_days(self.today, self.random.randint(soonest, latest))

    def in_days(self, soonest: int, latest: int) -> datetime:
        """Some office time of a day in so many working days."""
        return self.on(self.day_in(soonest, latest))

    def minutes(self, least: int, most: int) -> timedelta:
        """A while of so many minutes, in whole seconds."""
        return timedelta(seconds=self.random.randint(least * 60, most * 60))

    # Facts

    def tell(self, data: Data, at: datetime | None = None) -> Entry:
        """Tell what happens now, or at `at`. It is recorded in its time, now and then wrongly."""
        time = at or self.now
        entry = self._entry(time, recorded_after(time, self.random), self._said(data))
        if isinstance(data, DATED_BY_HAND) and self.chance(MISDATED):
            slip = time - timedelta(days=self.random.randint(1, 6))
            self.agenda.enter(entry._replace(time=slip))
            self.amend(entry)
        else:
            self.agenda.enter(entry)
        if isinstance(data, ENTERED_BY_TWO) and self.chance(ENTERED_TWICE):
            self._tell_twice(entry)
        return entry

    def tell_at_once(self, data: Data, at: datetime | None = None) -> Entry:
        """Tell what is done in the case system itself: it is recorded as it happens."""
        time = at or self.now
        entry = self._entry(time, time, self._said(data))
        self.agenda.enter(entry)
        return entry

    def amend(self, told: Entry, data: Data | None = None) -> None:
        """Some days after it was recorded, the record is made to say `told`, or `data` instead."""
        replacement = {"type": told.data.TYPE, "time": told.time, "data": data or told.data}
        amendment = self._correct(told, RecordAmended(amends=told.id, replacement=replacement))
        if data is None and self.chance(CORRECTED_WRONGLY):
            self.void(amendment)

    def void(self, told: Entry) -> None:
        """Some days after it was recorded, the record is withdrawn."""
        self._correct(told, RecordVoided(voids=told.id))

    def _said(self, data: Data) -> Data:
        """The data of a fact, with what goes with every fact of this kind of case."""
        return data

    def _tell_twice(self, entry: Entry) -> None:
        again = self._entry(entry.time, recorded_after(entry.time, self.random), entry.data)
        self.agenda.enter(again)
        self.void(again)

    def _correct(self, told: Entry, data: Data) -> Entry:
        """Enter a correction, when the mistake is noticed: in the days after it was made."""
        since = local_date(max(told.recorded, self.now))
        at = office_time(add_working_days(since, self.random.randint(1, 12)), self.random)
        correction = self._entry(at, at, data)
        self.agenda.enter(correction)
        return correction

    def _entry(self, time: datetime, recorded: datetime, data: Data) -> Entry:
        self._told += 1
        return Entry(f"sc-{self.key}-{self._told:05d}", self.subject, time, recorded, data)


class Course:
    """A stretch of a case's way. What was planned for it falls away once it is over."""

    def __init__(self, case: Case) -> None:
        self._agenda = case.agenda
        self.under_way = True

    def plan(self, at: datetime, step: Step) -> None:
        """Take a step of this course at an instant, unless the course is over by then."""

        def take() -> None:
            if self.under_way:
                step()

        self._agenda.plan(at, take)
