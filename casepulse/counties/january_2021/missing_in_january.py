"""Who went missing in January, how often and how long: as many as published."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from casepulse.counties.january_2021.area import Area
from casepulse.counties.january_2021.county import JANUARY, LAST, Child
from casepulse.counties.january_2021.missing_episodes import (
    Gone,
    aged_9,
    elsewhere,
    tell_episode,
)
from casepulse.counties.january_2021.published import counted, figure
from casepulse.counties.january_2021.return_interviews import published_interviews, tell_interviews

#: How many were under 12, and not missing for long.
UNDER_12 = 2

#: No two episodes of a child begin within so many days of each other.
DAYS_APART = 3

#: The last interview of somebody who was back from the last of them is in January, too.
LATEST_DAY = 25


@dataclass(slots=True)
class Missing:
    """A child who is missing in January: how often, and how often overnight."""

    child: Child
    in_care: bool
    under_12: bool = False
    episodes: int = 1
    overnight: int = 0


def plan_january(area: Area, cared_for: list[Child]) -> set[Child]:
    """Tell the episodes and interviews of January. Returns the children.

    Args:
        area: whose it is.
        cared_for: children in care who may be among them.
    """
    missing = list(_of_january(area, cared_for))
    _deal_episodes(missing, area.chance)
    _deal_nights(missing, area.chance)
    gone = [(each.child, _episodes(area, each)) for each in missing]
    tell_interviews(area, gone, published_interviews())
    return {each.child for each in missing}


def _of_january(area: Area, cared_for: list[Child]) -> Iterator[Missing]:
    """Those missing in January: so many in care, who entered before it, and so many others."""
    children, in_care = figure("missing_children"), figure("missing_cic_children")
    long_enough = [child for child in cared_for if child.spells[-1].first < JANUARY]
    for child in long_enough[: in_care.numerator or 0]:
        yield Missing(child, in_care=True)
    others = (children.numerator or 0) - (in_care.numerator or 0)
    for child in area.chance.sample(elsewhere(area.county, LAST), others - UNDER_12):
        yield Missing(child, in_care=False)
    for child in area.chance.sample(elsewhere(area.county, LAST, aged_9), UNDER_12):
        yield Missing(child, in_care=False, under_12=True)


def _deal_episodes(missing: list[Missing], chance: Random) -> None:
    """How often each went missing: once at least, and most no more."""
    episodes, in_care = figure("missing_episodes"), figure("missing_cic_episodes")
    of_care = in_care.numerator or 0
    for cared_for, many in ((True, of_care), (False, (episodes.numerator or 0) - of_care)):
        group = [each for each in missing if each.in_care is cared_for]
        often = chance.sample([each for each in group if not each.under_12], len(group) // 2)
        for _ in range(many - len(group)):
            chance.choice([each for each in often if each.episodes < 6]).episodes += 1


def _deal_nights(missing: list[Missing], chance: Random) -> None:
    """Who was missing overnight, and how often. Those who went often are the likelier."""
    children, in_care = figure("missing_overnight_children"), figure("missing_overnight_cic")
    of_care = in_care.numerator or 0
    overnight: list[Missing] = []
    for cared_for, many in ((True, of_care), (False, (children.numerator or 0) - of_care)):
        group = [each for each in missing if each.in_care is cared_for and not each.under_12]
        chance.shuffle(group)
        group.sort(key=lambda each: each.episodes + chance.randint(0, 2), reverse=True)
        overnight += group[:many]
    for each in overnight:
        each.overnight = 1
    for _ in range((counted("missing_overnight_episodes")) - len(overnight)):
        chance.choice([each for each in overnight if each.overnight < each.episodes]).overnight += 1


def _episodes(area: Area, missing: Missing) -> list[Gone]:
    """The episodes of a child in January, oldest first."""
    starts = range(1, LATEST_DAY, DAYS_APART)
    days = sorted(area.chance.sample(starts, missing.episodes))
    nights = set(area.chance.sample(range(missing.episodes), missing.overnight))
    return [
        tell_episode(
            area,
            missing.child,
            date(2021, 1, day),
            overnight=number in nights,
            hours=3.5 if missing.under_12 else 6.5,
        )
        for number, day in enumerate(days)
    ]
