"""The plan of the referrals: which child is referred when, referred again, seen, and closed.

It goes from month to month: as many referrals start as are planned, some of them of children who
were referred before, and as many close as leave the planned number open at the month's end.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from random import Random

from casepulse.counties.january_2021.area import Area
from casepulse.counties.january_2021.county import Child, County, Spell, Stay
from casepulse.counties.january_2021.days import working_days
from casepulse.counties.january_2021.first_visits import FirstVisit, Outcome, first_visits
from casepulse.counties.january_2021.published import percentage
from casepulse.counties.january_2021.referral_volumes import (
    DISABLED,
    OVER_TWO_YEARS,
    long_open,
    months,
    open_at_the_ends,
    volumes,
)
from casepulse.schemas.codes import Pathway
from casepulse.state.calendar import add_months as _add_months
from casepulse.state.calendar import add_working_days

#: Asked a million times, of a few thousand days.
add_months = cache(_add_months)

#: How long after a closure another referral counts as following it (months), and the closures that
#: are counted: those for which that time ended in the twelve months up to January 2021.
LOOK_AHEAD = 6
COUNTED_FROM, COUNTED_BEFORE = date(2019, 8, 1), date(2020, 8, 1)

#: Percent of the closures without a visit, and with one, that another referral follows soon.
AGAIN_UNSEEN, AGAIN_SEEN = (
    percentage(name, period="12m") for name in ("rereferral_after_unseen", "rereferral_after_seen")
)

#: About as many closures count besides these: of children who were on a protection plan. They are
#: told with the plans; all were seen, and none is referred again.
_ELSEWHERE = {"unseen": 0, "seen": 434}

#: Nobody but those planned to stay is in need for as long as this (days).
_LONGEST = 300


@dataclass(slots=True, eq=False)
class Planned:
    """A referral of the plan."""

    child: Child
    spell: Spell
    locality: str
    visit: FirstVisit
    lasting: bool = False
    followed: date | None = None
    """The day on which the child was referred again."""

    @property
    def day(self) -> date:
        """The day on which it starts."""
        return self.spell.first

    @property
    def closed(self) -> date | None:
        """The day on which it closes."""
        return self.spell.last


@dataclass(slots=True)
class _Plan:
    county: County
    chance: Random
    referrals: list[Planned] = field(default_factory=list)


def plan_referrals(area: Area) -> list[Planned]:
    """Every referral up to the end of January 2021, oldest first."""
    plan = _Plan(area.county, area.chance)
    _longest_open(plan)
    starts, remain_open, visits = volumes(), open_at_the_ends(), first_visits(area.chance)
    staying = _staying(area.chance)
    for month in months():
        slots = [
            (locality, visit)
            for locality, (received, _) in starts[month].items()
            for visit in visits[month][locality]
        ]
        again = Counter({locality: many for locality, (_, many) in starts[month].items()})
        earlier = _referred_again(plan, month, slots, again)
        for number, (locality, visit) in enumerate(slots):
            child = earlier.get(number) or _new_child(plan, locality, visit.started)
            lasting = staying[month, locality] > 0 and visit.seen is not None
            staying[month, locality] -= lasting
            _refer(plan, child, locality, visit, lasting)
        _close(plan, month, remain_open[month])
    return sorted(plan.referrals, key=lambda each: each.day)


def _longest_open(plan: _Plan) -> None:
    """Those in need for more than two years."""
    for locality, (over_two, _) in long_open().items():
        for _ in range(over_two):
            started = add_working_days(date(2018, 1, 2), plan.chance.randrange(225))
            seen = add_working_days(started, plan.chance.randrange(1, 6))
            visit = FirstVisit(Outcome.IN_TIME, Pathway.SECTION_17, started, seen, False)
            _refer(plan, _new_child(plan, locality, started), locality, visit, True)
    assert len(plan.referrals) == OVER_TWO_YEARS


def _staying(chance: Random) -> Counter[tuple[date, str]]:
    """How many of those who start in a month stay in need for more than a year."""
    staying: Counter[tuple[date, str]] = Counter()
    for locality, (_, over_one) in long_open().items():
        for number in range(over_one):
            # Disabled children in equal parts, as they are planned to come; others by chance.
            tenth = chance.randrange(10) if locality != DISABLED else number * 10 // over_one
            staying[add_months(date(2019, 2, 1), tenth), locality] += 1
    return staying


def _new_child(plan: _Plan, locality: str, known: date) -> Child:
    years = 14 if known.year < 2020 else 16
    born = known - timedelta(days=plan.chance.randrange(20, 365 * years))
    kinds = ["assessment", "safeguarding", "dcyps", "mash"]
    if add_months(born, 12 * 11) <= known:
        kinds.append("eleven-plus")
    teams = [team for team in plan.county.teams[locality] if any(kind in team for kind in kinds)]
    teams += [team for team in teams if "assessment" in team]
    return plan.county.child(born, plan.chance.choice(teams), known)


def _refer(
    plan: _Plan, child: Child, locality: str, visit: FirstVisit, lasting: bool = False
) -> None:
    spell = Spell(Stay.REFERRAL, plan.county.key("r"), visit.started, visit.closed_unseen)
    child.spells.append(spell)
    plan.referrals.append(Planned(child, spell, locality, visit, lasting))


# --- referred again ---------------------------------------------------------------------------


def _referred_again(
    plan: _Plan, month: date, slots: list[tuple[str, FirstVisit]], again: Counter[str]
) -> dict[int, Child]:
    """Which of a month's referrals are of a child who was referred before, and of which."""
    found: dict[int, Child] = {}
    pools: dict[tuple[str, str], list[Planned]] = {}
    for each in plan.referrals:
        if each.closed and not each.followed and each.day > add_months(month, -12):
            pools.setdefault((each.locality, _was(each)), []).append(each)
    for pool in pools.values():
        plan.chance.shuffle(pool)
    waiting = list(range(len(slots)))
    plan.chance.shuffle(waiting)
    # In the end whoever there is: the first months have few who were referred before.
    for kind, many in [*_how_many(plan, month, again).items(), (None, sum(again.values()))]:
        for number in list(waiting):
            locality, visit = slots[number]
            if many <= 0 or not again[locality]:
                continue
            before = _takeable(pools, locality, kind, visit.started)
            if before is not None:
                pools[locality, _was(before)].remove(before)
                before.followed = visit.started
                found[number] = before.child
                waiting.remove(number)
                again[locality] -= 1
                many -= 1
    if +again:
        raise ValueError(f"{month}: nobody left to be referred again: {dict(+again)}")
    return found


def _how_many(plan: _Plan, month: date, again: Counter[str]) -> dict[str, int]:
    """How many of a month's re-referrals follow soon after a closure without a visit, or with
    one; how many of those must follow the closures that are counted; the others follow late."""
    wanted, soon = {}, 0
    for kind, percent in (("unseen", AGAIN_UNSEEN), ("seen", AGAIN_SEEN)):
        closed = [
            (each, each.closed) for each in plan.referrals if each.closed and _was(each) == kind
        ]
        lately = sum(day >= add_months(month, -LOOK_AHEAD) for _, day in closed)
        monthly = lately / LOOK_AHEAD + _ELSEWHERE[kind] / 12
        usual = round(monthly * percent / 100)
        counted = [each for each, day in closed if COUNTED_FROM <= day < COUNTED_BEFORE]
        if month >= COUNTED_BEFORE:
            # All closures that count are known, and each month fewer of them can be followed yet.
            left = LOOK_AHEAD - (month.month - COUNTED_BEFORE.month) % 12
            closures = len(counted) + _ELSEWHERE[kind]
            must = round(closures * percent / 100) - sum(map(_soon_followed, counted))
            wanted[f"{kind}, counted"] = round(must * left / (left * (left + 1) / 2))
        wanted[kind] = max(usual - wanted.get(f"{kind}, counted", 0), 0)
        soon += sum(many for name, many in wanted.items() if name.startswith(kind))
    return {**wanted, "late": max(sum(again.values()) - soon, 0)}


def _was(referral: Planned) -> str:
    return "unseen" if referral.visit.closed_unseen else "seen"


def _soon_followed(referral: Planned) -> bool:
    return referral.followed is not None and _is_soon(referral, referral.followed)


def _is_soon(referral: Planned, day: date) -> bool:
    assert referral.closed
    return day <= add_months(referral.closed, LOOK_AHEAD)


def _takeable(
    pools: dict[tuple[str, str], list[Planned]], locality: str, kind: str | None, day: date
) -> Planned | None:
    """A child whose last referral is closed, began within twelve months, and is of a kind."""
    after = ("seen", "unseen") if kind in (None, "late") else (str(kind).partition(",")[0],)
    for was in after:
        for each in pools.get((locality, was), ()):
            assert each.closed
            if each.closed < day and each.day > add_months(day, -12):
                soon, counted = _is_soon(each, day), COUNTED_FROM <= each.closed < COUNTED_BEFORE
                if kind is None or (kind == "late" and not soon):
                    return each
                new = counted if "counted" in kind else day < COUNTED_BEFORE or not counted
                if soon and new and kind != "late":
                    return each
    return None


# --- closures ---------------------------------------------------------------------------------


def _close(plan: _Plan, month: date, remain_open: dict[str, int]) -> None:
    """Close as many referrals of each locality as leave the planned number open."""
    end = add_months(month, 1) - timedelta(days=1)
    for locality, remain in remain_open.items():
        still = [each for each in plan.referrals if each.locality == locality and not each.closed]
        can = [each for each in still if _can_close(each, end)]
        weighed = sorted(
            can, key=lambda each: plan.chance.random() ** (1 / _weight(each, end)), reverse=True
        )
        for each in weighed[: max(len(still) - remain, 0)]:
            each.spell.last = _closing_day(plan.chance, each, month, end)
        if month >= date(2020, 1, 1) and len(still) - remain > len(can):
            raise ValueError(f"{locality}, {month}: too few can close")


def _earliest(referral: Planned) -> date:
    """The first day on which a referral can close: some days after the child was seen."""
    assert referral.visit.seen
    return add_working_days(max(referral.visit.seen, referral.day + timedelta(days=8)), 1)


def _can_close(referral: Planned, end: date) -> bool:
    return (
        not referral.lasting
        and referral.visit.seen is not None
        and bool(working_days(_earliest(referral), end))
    )


def _weight(referral: Planned, end: date) -> float:
    """How likely it is to close, by how long it was open."""
    days = (end - referral.day).days
    if days > _LONGEST:
        return 1e6
    return 0.02 if days < 25 else 0.3 if days < 45 else 1.0 if days < 75 else 1.4


def _closing_day(chance: Random, referral: Planned, month: date, end: date) -> date:
    first = max(month, _earliest(referral))
    return chance.choice(working_days(first, end))
