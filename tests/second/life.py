"""A child's life as at an instant: spells in need, on a plan, in care; age, death, locality."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from tests.second.days import day_of, months, reached
from tests.second.records import Record

SHORT_BREAKS = ("V3", "V4")

#: What a death ends, and what cannot begin after it.
ENDED_BY_DEATH = (
    "referral.started",
    "protection_plan.started",
    "care_period.started",
    "care_leaver.qualified",
    "targeted_support.started",
    "child_in_need_plan.started",
)


@dataclass(frozen=True)
class Span:
    """Something with a key of its own that began, and may have ended."""

    key: str
    start: Record
    end: Record | None

    @property
    def first(self) -> date:
        return self.start.day

    @property
    def last(self) -> date | None:
        return self.end.day if self.end else None


@dataclass(frozen=True)
class Spell:
    """Spans that overlap or follow on the same day."""

    spans: tuple[Span, ...]

    @property
    def first(self) -> date:
        return min(span.first for span in self.spans)

    @property
    def last(self) -> date | None:
        ends = [span.last for span in self.spans]
        return None if None in ends else max(end for end in ends if end)

    @property
    def end(self) -> Record | None:
        ends = [span.end for span in self.spans]
        known = [end for end in ends if end]
        return max(known, key=lambda r: r.time) if len(known) == len(ends) else None

    @property
    def keys(self) -> set[str]:
        return {span.key for span in self.spans}

    def has(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


def spells(spans: Iterable[Span]) -> list[Spell]:
    """Join what overlaps or follows on the same day."""
    joined: list[list[Span]] = []
    for span in sorted(spans, key=lambda s: s.start.time):
        if joined:
            last = Spell(tuple(joined[-1])).last
            if last is None or span.first <= last:
                joined[-1].append(span)
                continue
        joined.append([span])
    return [Spell(tuple(group)) for group in joined]


@dataclass(frozen=True)
class Stay:
    """Days in care without a break: from entering it to leaving it."""

    first: date
    start: Record
    last: date | None
    """The day of leaving."""
    end: Record | None
    by_status: bool
    """Left for short breaks: on the day of that status the child is in care no more."""

    def has(self, day: date) -> bool:
        if self.last is None:
            return self.first <= day
        return self.first <= day and (day < self.last or (day == self.last and not self.by_status))


@dataclass
class Life:
    """One subject's records, as at an instant."""

    records: list[Record]
    at: datetime
    localities: dict[str, str]

    def __post_init__(self) -> None:
        self.records = [record for record in self.records if record.time < self.at]

    def of(self, *types: str) -> list[Record]:
        return [record for record in self.records if record.type in types]

    @property
    def today(self) -> date:
        """The day that is ending: as at a midnight, the day before it."""
        return day_of(self.at - timedelta(microseconds=1))

    def spans(self, start: str, end: str, key: str) -> list[Span]:
        """By key; one that ends before it begins counts nowhere."""
        found = []
        ends: dict[str, Record] = {}
        for record in self.of(end):
            ends.setdefault(record.data[key], record)
        seen = set()
        for record in self.of(start):
            name = record.data[key]
            if name in seen:
                continue
            seen.add(name)
            ended = ends.get(name)
            if ended is not None and ended.day < record.day:
                continue
            if self.death is not None and start in ENDED_BY_DEATH:
                if record.day > self.death.day:
                    continue
                if ended is None or ended.day > self.death.day:
                    ended = self.death
            found.append(Span(name, record, ended))
        return found

    # Locality

    def locality_of_team(self, team: str | None) -> str:
        return self.localities.get(team or "", "Other")

    @cached_property
    def locality(self) -> str:
        """Of the case's latest fact with a team."""
        teams = [record.team for record in self.records if record.team]
        return self.locality_of_team(teams[-1] if teams else None)

    def where(self, anchor: Record) -> str:
        """Of what began something."""
        return self.locality_of_team(anchor.team) if anchor.team else self.locality

    def where_done(self, anchor: Record) -> str:
        """Of what completed something: the case's team on that day, where it names none."""
        if anchor.team:
            return self.locality_of_team(anchor.team)
        teams = [r.team for r in self.records if r.team and r.day <= anchor.day]
        return self.locality_of_team(teams[-1]) if teams else self.locality

    # Age and death

    @cached_property
    def born(self) -> date | None:
        for record in reversed(self.of("child.registered")):
            if record.data.get("born"):
                return date.fromisoformat(record.data["born"])
            return None
        return None

    def birthday(self, age: int) -> date | None:
        return months(self.born, 12 * age) if self.born else None

    def aged(self, age: int, day: date | None = None) -> bool | None:
        """Whether of this age or over on a day; None where the age is unknown."""
        birthday = self.birthday(age)
        return None if birthday is None else birthday <= (day or self.today)

    @property
    def disabled(self) -> bool:
        """As it is known last."""
        told = self.of("disability.recorded")
        return bool(told) and told[-1].data["disabilities"] != ["NONE"]

    @cached_property
    def death(self) -> Record | None:
        """What tells of it first. It ends whatever is open; nothing begins after it."""
        told = [
            r
            for r in self.records
            if (r.type == "care_period.ended" and r.data.get("reason") == "E2")
            or (r.type == "referral.closed" and r.data.get("reason") == "RC2")
            or (r.type == "care_leaver.recorded" and r.data["in_touch"] == "DIED")
        ]
        return told[0] if told else None

    # In need, on a plan, in care, leaving it

    @cached_property
    def referrals(self) -> list[Span]:
        return self.spans("referral.started", "referral.closed", "referral")

    @cached_property
    def needs(self) -> list[Spell]:
        return spells(self.referrals)

    @cached_property
    def plans(self) -> list[Span]:
        return self.spans("protection_plan.started", "protection_plan.ended", "plan")

    @cached_property
    def protections(self) -> list[Spell]:
        grown = self.birthday(18)
        return [spell for spell in spells(self.plans) if grown is None or spell.first < grown]

    @cached_property
    def periods(self) -> list[Spell]:
        return spells(self.spans("care_period.started", "care_period.ended", "period"))

    def statuses(self, period: Spell) -> list[tuple[date, str, Record]]:
        """The legal status of each day from which it changed; the first taken to the start."""
        by_day: dict[date, Record] = {}
        for record in self.of("legal_status.changed"):
            over = period.end is not None and record.time >= period.end.time
            before = by_day.get(record.day)
            again = before is not None and before.time == record.time
            if period.has(record.day) and not over and not again:
                by_day[record.day] = record
        told = [(day, r.data["legal_status"], r) for day, r in sorted(by_day.items())]
        if told:
            told[0] = (period.first, *told[0][1:])
        return told

    @cached_property
    def stays(self) -> list[Stay]:
        found: list[Stay] = []
        for period in self.periods:
            first = min(period.spans, key=lambda s: s.start.time).start
            changes: list[tuple[date, str, Record]] = [
                (day, code, first if day == period.first else record)
                for day, code, record in self.statuses(period)
            ] or [(period.first, "", first)]
            entered: tuple[date, Record] | None = None
            for day, code, record in changes:
                if code in SHORT_BREAKS:
                    if entered:
                        found.append(Stay(*entered, day, record, True))
                    entered = None
                elif entered is None:
                    entered = (day, record)
            if entered:
                found.append(Stay(*entered, period.last, period.end, False))
        grown = self.birthday(18)
        return [stay for stay in found if grown is None or stay.first < grown]

    def stay_on(self, day: date) -> Stay | None:
        grown = self.birthday(18)
        if grown is not None and day >= grown:
            return None
        for stay in reversed(self.stays):
            if stay.has(day):
                return stay
        return None

    @property
    def is_dead(self) -> bool:
        return self.death is not None

    @property
    def grown_up(self) -> bool:
        return bool(self.aged(18))

    @cached_property
    def stay(self) -> Stay | None:
        """The stay in care, if in care now."""
        if self.is_dead or self.grown_up or not self.stays or self.stays[-1].end:
            return None
        return self.stays[-1]

    @cached_property
    def protection(self) -> Spell | None:
        """The spell on a plan, if on one now."""
        if self.is_dead or self.grown_up or not self.protections or self.protections[-1].end:
            return None
        return self.protections[-1]

    @cached_property
    def leavings(self) -> list[Spell]:
        """Each for itself: a later one does not prolong an earlier."""
        found = self.spans("care_leaver.qualified", "care_leaver.ended", "leaver")
        return [Spell((span,)) for span in found]

    @cached_property
    def leaver(self) -> Spell | None:
        going = [leaving for leaving in self.leavings if leaving.end is None]
        if self.is_dead or not going:
            return None
        sixteen, twenty_six = self.birthday(16), self.birthday(26)
        young = sixteen is not None and not reached(sixteen, self.at)
        old = twenty_six is not None and reached(twenty_six, self.at)
        return None if young or old else going[0]

    @cached_property
    def leaver_from(self) -> date | None:
        """Since when a care leaver."""
        if self.leaver is None:
            return None
        sixteen = self.birthday(16)
        return max(self.leaver.first, sixteen) if sixteen else self.leaver.first

    @cached_property
    def need(self) -> Spell | None:
        """The spell of open referrals, if one is open now."""
        if self.is_dead or not self.needs or self.needs[-1].end:
            return None
        return self.needs[-1]

    @property
    def is_open(self) -> bool:
        return bool(self.need or self.stay or self.protection or self.leaver)

    @property
    def in_need(self) -> bool:
        return bool(self.need and not (self.stay or self.protection or self.leaver))

    @cached_property
    def came_into_need(self) -> date:
        """The first day of unbroken need: of the referrals, or off a plan, or out of care."""
        assert self.need
        grown = self.birthday(18)
        ended: list[Spell | Stay] = [*self.protections, *self.stays]
        days = [self.left_by_age(spell.last, grown) for spell in ended]
        return max([self.need.first, *(day for day in days if day)])

    @cached_property
    def in_need_since(self) -> date:
        """The same, or the day on which support as a care leaver ended."""
        sixteen, twenty_six = self.birthday(16), self.birthday(26)
        days = [
            self.left_by_age(leaving.last, twenty_six)
            for leaving in self.leavings
            if not (sixteen and leaving.last and leaving.last < sixteen)
        ]
        return max([self.came_into_need, *(day for day in days if day)])

    def left_by_age(self, last: date | None, grown: date | None) -> date | None:
        """The day on which something ended: on record, or by age."""
        by_age = grown - timedelta(1) if grown and grown <= self.today else None
        return min(last, by_age) if last and by_age else last or by_age

    @cached_property
    def seen(self) -> list[Record]:
        return [record for record in self.of("visit.recorded") if record.data["child_seen"]]

    @cached_property
    def open_spells(self) -> list[tuple[date, date | None]]:
        """When the case was open: in need, on a plan, in care, a care leaver; without a break."""
        known: list[tuple[date, date | None]] = [(s.first, s.last) for s in self.needs]
        grown = self.birthday(18)
        to_eighteen: list[Spell | Stay] = [*self.protections, *self.stays]
        known += [(spell.first, self.left_by_age(spell.last, grown)) for spell in to_eighteen]
        sixteen, twenty_six = self.birthday(16), self.birthday(26)
        for leaving in self.leavings:
            first = max(leaving.first, sixteen) if sixteen else leaving.first
            known.append((first, self.left_by_age(leaving.last, twenty_six)))
        joined: list[tuple[date, date | None]] = []
        for first, last in sorted(known, key=lambda pair: pair[0]):
            if first > self.today or (last is not None and last < first):
                continue
            if joined and (joined[-1][1] is None or first <= joined[-1][1]):
                ends = (joined[-1][1], last)
                until = None if None in ends else max(end for end in ends if end)
                joined[-1] = (joined[-1][0], until)
            else:
                joined.append((first, last))
        return joined

    def closed_after(self, day: date) -> date | None:
        """When the case closed, on this day or after it: what waited under it ended then."""
        ends = [last for _, last in self.open_spells if last is not None and last >= day]
        return min(ends) if ends else None
