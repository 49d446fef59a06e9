"""Who may go missing, and how an episode is told."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from casepulse.counties.january_2021.area import Area
from casepulse.counties.january_2021.county import JANUARY, Child, County, Stay, at
from casepulse.schemas.events.missing import MissingEpisodeEnded, MissingEpisodeStarted
from casepulse.state.calendar import add_months


@dataclass(frozen=True, slots=True)
class Gone:
    """An episode: the child, the key, when it went and when it was back."""

    child: Child
    key: str
    begun: datetime
    back: datetime


def aged_12(child: Child, on: date = JANUARY) -> bool:
    """Whether a child is 12 to 17 on a day."""
    return add_months(child.born, 12 * 12) <= on < add_months(child.born, 12 * 18)


def aged_9(child: Child, on: date = JANUARY) -> bool:
    """Whether a child is 9 or 10 on a day."""
    return add_months(child.born, 12 * 9) <= on < add_months(child.born, 12 * 11)


def elsewhere(
    county: County, day: date, aged: Callable[[Child, date], bool] = aged_12
) -> list[Child]:
    """Children with a referral or a plan open at the end of a day, who were of the age at the
    beginning of its month."""
    return [
        child
        for child in county.children
        if child.spells
        and aged(child, day.replace(day=1))
        and child.open_at_the_end_of(day) & {Stay.REFERRAL, Stay.PLAN}
    ]


def tell_episode(
    area: Area,
    child: Child,
    day: date,
    *,
    overnight: bool,
    hours: float = 6.5,
) -> Gone:
    """An episode that began on a day: over night, or up to so many hours of the day."""
    key = area.county.key("missing")
    begun = at(day, area.chance.uniform(14, 21) if overnight else area.chance.uniform(10, 20))
    if overnight:
        back = at(day + timedelta(days=1), area.chance.uniform(6, 23))
    else:
        back = begun + timedelta(hours=area.chance.uniform(0.5, hours))
    gone = Gone(child, key, begun, back)
    area.tell(child, MissingEpisodeStarted, begun, episode=key, category="M")
    area.tell(child, MissingEpisodeEnded, back, episode=key)
    return gone
