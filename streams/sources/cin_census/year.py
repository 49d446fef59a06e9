"""Which year a return is of, and of which days it tells all.

A return holds every episode that was open at any time in the year to 31 March. What is missing from
the next year's is not gone; what is missing from a later copy of the same is. An episode that was
open must stand in the next year's, too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from casepulse.schemas.envelope import EARLIEST, LATEST, Data
from casepulse.schemas.events.children_in_need import ChildInNeedPlanEnded, ChildInNeedPlanStarted
from casepulse.schemas.events.legal import ChildProceedingsEnded, ChildProceedingsStarted
from casepulse.schemas.events.protection import (
    ConferenceHeld,
    ProtectionPlanEnded,
    ProtectionPlanReviewed,
    ProtectionPlanStarted,
    SectionFortySevenStarted,
    StrategyDiscussionHeld,
)
from casepulse.schemas.events.referral import (
    AssessmentAuthorised,
    AssessmentStarted,
    ReferralClosed,
    ReferralStarted,
)
from casepulse.streams.sources.account import Account
from casepulse.streams.sources.cin_census.layout import day_of
from casepulse.streams.sources.extract import ExtractError, Window

#: What each kind of element tells, and what closes it, if anything does.
_TOLD: Mapping[str, tuple[tuple[type[Data], type[Data] | None], ...]] = {
    "CINdetails": (
        (ReferralStarted, ReferralClosed),
        (ReferralClosed, None),
        (ConferenceHeld, None),
    ),
    "Assessments": (
        (AssessmentStarted, AssessmentAuthorised),
        (AssessmentAuthorised, None),
    ),
    "CINPlanDates": (
        (ChildInNeedPlanStarted, ChildInNeedPlanEnded),
        (ChildInNeedPlanEnded, None),
    ),
    "Section47": (
        (StrategyDiscussionHeld, None),
        (SectionFortySevenStarted, None),
        (ConferenceHeld, None),
    ),
    "ChildProtectionPlans": (
        (ProtectionPlanStarted, ProtectionPlanEnded),
        (ProtectionPlanEnded, None),
    ),
    "CPPreviewDate": ((ProtectionPlanReviewed, None), (ConferenceHeld, None)),
    # What the returns to come will hold of earlier years, nobody has said: what began in the year.
    "PreProceedingsandFGDM": (
        (ChildProceedingsStarted, None),
        (ChildProceedingsEnded, None),
    ),
}


@dataclass(frozen=True, slots=True)
class Year:
    """The year of a return."""

    ends: date | None
    """31 March; None: nothing says which year it is."""
    notes: list[str] = field(default_factory=list)

    @property
    def since(self) -> date | None:
        """Its first day."""
        ends = self.ends
        return None if ends is None else ends.replace(year=ends.year - 1) + timedelta(days=1)

    @property
    def until(self) -> date | None:
        """The first day after it."""
        return None if self.ends is None else self.ends + timedelta(days=1)

    @property
    def kind(self) -> str:
        """What the extract is one of."""
        return "full" if self.ends is None else f"year={self.ends.year}"


def year_of(header: Mapping[str, str], given: date | None) -> Year:
    """The year that a return is of: the given one, or what its Header says, of which the
    ReferenceDate is the more exact.

    Raises:
        ExtractError: `given` ends no collection year.
    """
    if given is not None and not _ends_a_year(given):
        raise ExtractError(f"{given}: a collection year ends on 31 March; give such a day")
    said = {"ReferenceDate": _reference(header), "Year": _year(header)}
    years = {name: day for name, day in said.items() if day is not None}
    ends = given or next(iter(years.values()), None)
    if ends is None:
        return Year(None, ["which year it is of, the Header does not say: nothing is withdrawn"])
    notes = [f"the year of the return ends on {ends}"]
    if others := [f"{name} says {day.year}" for name, day in years.items() if day != ends]:
        notes.append(
            f"the Header's {' and its '.join(others)}; if that is the year, give it (--year-end)"
        )
    return Year(ends, notes)


def windows(year: Year, accounts: Mapping[str, Account]) -> dict[str, Window]:
    """Of which days each type is told.

    Nothing is gone of a type if somebody's row of it could not be read, and nobody knows whose.
    """
    if year.since is None:
        return {}
    broken = {
        kind.TYPE for name, told in _TOLD.items() if not accounts[name].whole for kind, _ in told
    }
    return {
        kind.TYPE: Window(year.since, year.until, closing.TYPE if closing else None)
        for told in _TOLD.values()
        for kind, closing in told
        if kind.TYPE not in broken
    }


#: The first year whose returns have plans of children in need.
_PLANS_SINCE = 2022


def untold(year: Year, accounts: Mapping[str, Account]) -> set[str]:
    """The types that are not told, for the returns of the year have no element for them yet."""
    without = set()
    if year.ends is None or year.ends.year < _PLANS_SINCE:
        without.add("CINPlanDates")
    without.add("PreProceedingsandFGDM")  # to come; whose returns have it, has rows of it
    return {kind.TYPE for name in without if not accounts[name].rows for kind, _ in _TOLD[name]}


def _ends_a_year(day: date) -> bool:
    return (day.month, day.day) == (3, 31) and EARLIEST.year < day.year < LATEST.year


def _reference(header: Mapping[str, str]) -> date | None:
    try:
        day = day_of(header.get("ReferenceDate", ""))
    except ValueError:
        return None
    return day if _ends_a_year(day) else None


def _year(header: Mapping[str, str]) -> date | None:
    text = header.get("Year", "")
    day = date(int(text), 3, 31) if text.isascii() and text.isdigit() and len(text) == 4 else None
    return day if day is not None and _ends_a_year(day) else None
