"""Referrals of children: they start, the child is seen or not, and they close."""

from dataclasses import replace
from datetime import date, timedelta

from casepulse.counties.january_2021.area import Area
from casepulse.counties.january_2021.assessments import tell_assessments
from casepulse.counties.january_2021.county import FEBRUARY, County, Spell, Stay
from casepulse.counties.january_2021.days import working_days
from casepulse.counties.january_2021.first_visits import Outcome
from casepulse.counties.january_2021.referral_plan import Planned, plan_referrals
from casepulse.schemas.codes import Pathway, ReferralSource, VisitKind, VisitMethod
from casepulse.schemas.events.referral import ReferralClosed, ReferralStarted, VisitRecorded
from casepulse.state.calendar import add_working_days

#: A few of February's referrals and closures: not all, for nothing of that month is published.
_REFERRED_IN_FEBRUARY, _CLOSED_IN_FEBRUARY = 60, 40

#: Who refers: police, schools, health and others, as often as in this list.
_SOURCES: tuple[ReferralSource, ...] = (
    "6", "6", "6", "2A", "2A", "3A", "3C", "3D", "5A", "5C", "1A", "1D", "8", "10",
)  # fmt: skip


def plan(county: County) -> None:
    """All referrals that begin from 2018 on, with their initial visits and closures."""
    area = Area.of(county, "referrals")
    planned = plan_referrals(area)
    for referral in planned:
        _tell_start(area, referral)
        _tell_first_visit(area, referral)
        _tell_closure(area, referral)
    being_assessed = tell_assessments(county, planned)
    _tell_february(area, planned, being_assessed)


def _tell_february(area: Area, planned: list[Planned], being_assessed: set[str]) -> None:
    """Some of what came after the month reported on: children referred, and cases closed."""
    days = working_days(FEBRUARY, date(2021, 2, 26))
    for _ in range(_REFERRED_IN_FEBRUARY):
        like, day = area.chance.choice(planned), area.chance.choice(days)
        child = area.county.child(
            day - timedelta(days=area.chance.randrange(20, 5500)), like.child.team, day
        )
        spell = Spell(Stay.REFERRAL, area.county.key("r"), day)
        child.spells.append(spell)
        visit = replace(like.visit, outcome=Outcome.IN_TIME, started=day, closed_unseen=None)
        visit = replace(visit, seen=add_working_days(day, 1), virtual=False)
        referral = Planned(child, spell, like.locality, visit)
        _tell_start(area, referral)
        _tell_first_visit(area, referral)
    may_close = [
        each
        for each in planned
        if not each.closed
        and each.visit.seen
        and each.day < date(2020, 11, 1)
        and not (each.lasting or each.child.key in being_assessed)
    ]
    for referral in area.chance.sample(may_close, _CLOSED_IN_FEBRUARY):
        referral.spell.last = area.chance.choice(days)
        _tell_closure(area, referral)


def _tell_start(area: Area, referral: Planned) -> None:
    child = referral.child
    area.tell(
        child,
        ReferralStarted,
        referral.day,
        9 + area.chance.random() * 3,
        referral=referral.spell.key,
        pathway=Pathway(referral.visit.pathway),
        source=area.chance.choice(_SOURCES),
    )


def _tell_first_visit(area: Area, referral: Planned) -> None:
    visit = referral.visit
    attempted, seen = None, visit.seen
    if visit.outcome is Outcome.NOT_SEEN:
        # Somebody went, and nobody was in; some of these children are seen in February.
        attempted = add_working_days(referral.day, 2)
        seen = (
            add_working_days(FEBRUARY, area.chance.randrange(10))
            if area.chance.random() < 0.7
            else None
        )
    elif visit.outcome is Outcome.LATE and area.chance.random() < 0.4:
        attempted = add_working_days(referral.day, 1)
    if attempted and attempted < FEBRUARY and (seen is None or attempted < seen):
        _visit(area, referral, attempted, False)
    if seen:
        _visit(area, referral, seen, True)


def _visit(area: Area, referral: Planned, day: date, seen: bool) -> None:
    area.tell(
        referral.child,
        VisitRecorded,
        day,
        (13, 18),
        kind=VisitKind.INITIAL,
        method=VisitMethod.VIRTUAL if seen and referral.visit.virtual else VisitMethod.FACE_TO_FACE,
        child_seen=seen,
        seen_alone=seen and not referral.visit.virtual and area.chance.random() < 0.6,
    )


def _tell_closure(area: Area, referral: Planned) -> None:
    if referral.closed:
        reason = "RC8" if referral.visit.closed_unseen else "RC7"
        said = {"referral": referral.spell.key, "reason": reason}
        area.tell(referral.child, ReferralClosed, referral.closed, (18, 19), **said)
