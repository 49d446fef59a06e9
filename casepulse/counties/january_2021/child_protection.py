"""Children on a protection plan: who they are, their plans, and what is told of each plan.

Each child on a plan since before February 2020 has a referral of its own, which began before
December 2018. The referrals that led to later plans are not told: those of the thirteen months are
the ones that `referrals` tells, as many as the report prints.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from casepulse.counties.january_2021.area import Area
from casepulse.counties.january_2021.county import (
    FEBRUARY,
    LAST,
    MONTH_ENDS,
    Child,
    County,
    Spell,
    Stay,
)
from casepulse.counties.january_2021.initial_conferences import Conference
from casepulse.counties.january_2021.plan_reviews import tell_reviews
from casepulse.counties.january_2021.plan_stays import PlanStay, february, plan_stays
from casepulse.counties.january_2021.plan_visits import tell_visits
from casepulse.counties.january_2021.published import counted, figure
from casepulse.counties.january_2021.strategy import tell_conferences
from casepulse.schemas.codes import AbuseCategory, Pathway
from casepulse.schemas.events.protection import (
    NeglectToolkitCompleted,
    ProtectionPlanEnded,
    ProtectionPlanStarted,
)
from casepulse.schemas.events.referral import ReferralClosed, ReferralStarted
from casepulse.state.calendar import add_months

#: Plans that began earlier are told without the conference that made them.
CONFERENCES_FROM = date(2020, 1, 1)

#: A child on a plan since then, or before, has a referral on record; it began before the other.
REFERRED_UNTIL, REFERRED_BEFORE = date(2020, 1, 31), date(2018, 12, 1)

#: Of the plans that began in a month, those taken over from another authority: no conference here.
TRANSFERRED = 1

#: Children born before are held by the teams for those of 11 and over, where there are any.
ELEVEN_PLUS = date(2009, 9, 1)

_NOT_NEGLECT: tuple[AbuseCategory, ...] = ("EMO", "EMO", "EMO", "EMO", "PHY", "PHY", "SAB", "MUL")


@dataclass(slots=True, eq=False)
class OnPlan:
    """A child on a plan."""

    child: Child
    stay: PlanStay
    plan: str
    category: AbuseCategory
    conference: str | None


def plan(county: County) -> None:
    """Everything about the children on a plan, now and in the year before."""
    area = Area.of(county, "child_protection")
    stays = plan_stays(area)
    stays += february(stays, area.chance)
    stays.sort(key=lambda stay: stay.first)
    older = _three_or_more(stays, area.chance)
    neglected = _now(stays, figure("cp_neglect_toolkit").denominator, area.chance)
    transferred = _transferred(stays, area.chance)
    children = []
    for stay in stays:
        child = _child(area, stay, 2 if stay in older else int(stay.cell.repeated))
        neglect = stay in neglected or (not _counted(stay) and area.chance.random() < 0.6)
        held = stay.first >= CONFERENCES_FROM and stay not in transferred
        one = OnPlan(
            child,
            stay,
            child.spells[-1].key,
            "NEG" if neglect else area.chance.choice(_NOT_NEGLECT),
            county.key("cf") if held else None,
        )
        _tell_plan(area, one)
        children.append(one)
    _toolkits(area, children)
    dated = [(one.child, one.stay) for one in children]
    tell_visits(county, dated)
    reviews = tell_reviews(county, dated)
    made = [
        Conference(one.conference, one.child, one.stay.first, made_plan=True)
        for one in children
        if one.conference
    ]
    tell_conferences(county, made, reviews)


def _counted(stay: PlanStay) -> bool:
    """Whether the child is on the plan at the end of the month reported on."""
    return stay.lasts_at_the_end_of(LAST)


def _now(stays: list[PlanStay], many: int | None, chance: Random) -> set[PlanStay]:
    """So many of the children on a plan at the end of January."""
    return set(chance.sample([stay for stay in stays if _counted(stay)], many or 0))


def _three_or_more(stays: list[PlanStay], chance: Random) -> set[PlanStay]:
    """Those for whom it is the third plan, or a later one."""
    again = [stay for stay in stays if stay.cell.repeated]
    now = [stay for stay in again if _counted(stay)]
    earlier = [stay for stay in again if not _counted(stay) and chance.random() < 0.17]
    many = counted("three_or_more_plans")
    return {*earlier, *chance.sample(now, many)}


def _transferred(stays: list[PlanStay], chance: Random) -> set[PlanStay]:
    """One plan a month; in January as many as the report's conferences leave."""
    found = set()
    for last in MONTH_ENDS:
        first = last.replace(day=1)
        began = [stay for stay in stays if first <= stay.first <= last]
        many = TRANSFERRED
        if last == LAST:
            many = len(began) - (counted("icpc_to_plan"))
        found |= set(chance.sample(began, many))
    return found


def _child(area: Area, stay: PlanStay, earlier: int) -> Child:
    """The child, with the plans before this one; those are over before the thirteen months."""
    before = min(stay.first - timedelta(days=150), date(2019, 12, 1))
    plans: list[tuple[date, date]] = []
    end = before - timedelta(days=area.chance.randint(0, 500))
    for _ in range(earlier):
        begun = end - timedelta(days=area.chance.randint(90, 420))
        plans.insert(0, (begun, end))
        end = begun - timedelta(days=area.chance.randint(150, 600))
    youngest = (plans[0][0] if plans else stay.first) - timedelta(days=90)
    oldest = max(add_months(FEBRUARY, -12 * 17), add_months(youngest, -12 * 15))
    span = (youngest - oldest).days
    # Younger children are rather more often on a plan.
    born = youngest - timedelta(days=round(span * area.chance.random() ** 1.2))
    known = plans[0][0] if plans else max(born, stay.first - timedelta(days=60))
    referred = None
    if stay.first <= REFERRED_UNTIL:
        referred = min(
            stay.first - timedelta(days=area.chance.randint(10, 60)),
            REFERRED_BEFORE - timedelta(days=area.chance.randint(1, 90)),
        )
        born = min(born, referred - timedelta(days=20))
        known = min(known, referred)
    child = area.county.child(born, _team(area, stay.cell.locality, born), known)
    for begun, ended in plans:
        spell = Spell(Stay.PLAN, area.county.key("pp"), begun, ended)
        child.spells.append(spell)
        area.tell(child, ProtectionPlanStarted, begun, 14.5, plan=spell.key, category="NEG")
        area.tell(child, ProtectionPlanEnded, ended, 16, plan=spell.key)
    if referred:
        child.spells.append(Spell(Stay.REFERRAL, area.county.key("r"), referred, stay.last))
    child.spells.append(Spell(Stay.PLAN, area.county.key("pp"), stay.first, stay.last))
    return child


def _team(area: Area, locality: str, born: date) -> str:
    """A team of the locality that works with plans; for older children one of those for them."""
    if locality == "Other":
        return "mash"
    eleven = [team for team in area.county.teams[locality] if "eleven-plus" in team]
    if born < ELEVEN_PLUS and eleven:
        return area.chance.choice(eleven)
    return area.chance.choice(
        [team for team in area.county.teams[locality] if "safeguarding" in team or "dcyps" in team]
    )


def _tell_plan(area: Area, one: OnPlan) -> None:
    child, stay = one.child, one.stay
    referral = child.latest(Stay.REFERRAL)
    if referral:
        area.tell(
            child,
            ReferralStarted,
            referral.first,
            10,
            referral=referral.key,
            pathway=Pathway.SECTION_47,
        )
    said = {"plan": one.plan, "category": one.category, "conference": one.conference}
    area.tell(child, ProtectionPlanStarted, stay.first, 14.5, **said)
    if stay.last:
        area.tell(child, ProtectionPlanEnded, stay.last, 16, plan=one.plan)
        if referral:
            area.tell(child, ReferralClosed, stay.last, 16, referral=referral.key)


def _toolkits(area: Area, children: list[OnPlan]) -> None:
    """Neglect toolkits, for as many of the children on a plan for neglect as the report has."""
    neglected = [one for one in children if one.category == "NEG"]
    now = [one for one in neglected if _counted(one.stay)]
    done = set(area.chance.sample(now, counted("cp_neglect_toolkit")))
    done |= {o for o in neglected if not _counted(o.stay) and area.chance.random() < 0.3}
    for one in children:
        if one in done:
            first = max(one.stay.first - timedelta(days=30), one.child.born, date(2020, 2, 10))
            last = min(one.stay.last or LAST, LAST)
            if first <= last:
                day = first + timedelta(days=area.chance.randint(0, (last - first).days))
                _toolkit(area, one, day)
        elif one.stay.first < date(2019, 12, 1) and area.chance.random() < 0.2:
            # Too long ago to count at the end of January 2021.
            _toolkit(area, one, one.stay.first + timedelta(days=20))
    for one in area.chance.sample([each for each in now if each not in done], 8):
        _toolkit(area, one, FEBRUARY + timedelta(days=area.chance.randint(0, 25)))


def _toolkit(area: Area, one: OnPlan, day: date) -> None:
    if one.stay.first - timedelta(days=60) <= day:
        area.tell(one.child, NeglectToolkitCompleted, day, 12)
