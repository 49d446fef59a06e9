"""Restricted records: of a few children on a plan, such as a worker's relative, few may see more.

Nothing here is published; one in two hundred is made up. No other area's events depend on it.
"""

from casepulse.counties.january_2021.area import Area
from casepulse.counties.january_2021.county import County, Stay, at
from casepulse.schemas.events.child import RestrictionChanged

#: One child in so many who were ever on a plan.
ONE_IN = 200


def plan(county: County) -> None:
    """Their records are closed on the day of their latest plan, and opened on its last day."""
    area = Area.of(county, "restrictions")
    planned = [(child, child.latest(Stay.PLAN)) for child in county.children]
    plans = [(child, spell) for child, spell in planned if spell is not None]
    for child, spell in area.chance.sample(plans, round(len(plans) / ONE_IN)):
        closed = at(spell.first, area.chance.uniform(9, 12))
        county.tell(child.subject, RestrictionChanged(restricted=True), closed)
        if spell.last is not None:
            county.tell(child.subject, RestrictionChanged(restricted=False), at(spell.last, 16))
