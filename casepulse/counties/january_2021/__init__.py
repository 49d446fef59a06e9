"""The county of the January 2021 report, made up so that its figures come out of ordinary events.

A seeded plan, area by area, from the counts that the report publishes. No person in it is real.
The modules tell events in this order; a later one may look at the children of those before it.
"""

from collections.abc import Iterator
from datetime import date, datetime
from heapq import merge
from typing import Any

from casepulse.counties import MadeUp
from casepulse.counties.january_2021 import (
    child_protection,
    children_in_care,
    children_in_need,
    contacts,
    early_help,
    education,
    foster_carers,
    health,
    leaving_care,
    legal,
    missing,
    private_fostering,
    referrals,
    restrictions,
    workforce,
)
from casepulse.counties.january_2021.county import (
    FEBRUARY,
    KNOWN,
    MONTH_ENDS,
    SOURCE,
    County,
)
from casepulse.schemas.envelope import Event
from casepulse.state.calendar import midnight
from casepulse.streams.ticks import ticks

__all__ = ["COUNTY", "january_2021"]

#: Each area's part, in the order in which they plan: a function that takes the county.
AREAS: tuple[Any, ...] = (
    contacts.plan,
    referrals.plan,
    children_in_need.plan,
    child_protection.plan,
    children_in_care.plan,
    health.plan,
    education.plan,
    leaving_care.plan,
    missing.plan,
    foster_carers.plan,
    legal.plan,
    early_help.plan,  # some of it supports children open to social care: after those
    private_fostering.plan,
    workforce.plan,  # of all children open, whoever made them
    restrictions.plan,  # beside everything else: the last, so that other events keep their ids
)


def january_2021(seed: int = 7) -> Iterator[Event[Any]]:
    """The events of the county by the time they were recorded, up to the day of the report.

    The clock ticks at each midnight, to that which ends January 2021 and no further: what was
    recorded after it is known, too, as at that instant.

    Args:
        seed: another seed, other children; the same published figures.
    """
    county = County(seed)
    for plan in AREAS:
        plan(county)
    known = (event for event in county.events() if event.recordedtime < KNOWN)
    return merge(
        ticks(_midnights(), SOURCE, "jan-clock"), known, key=lambda event: event.recordedtime
    )


def _midnights() -> Iterator[datetime]:
    """From the first one of the thirteen months to the one that the figures are as at."""
    first = MONTH_ENDS[0].replace(day=1)
    for ordinal in range(first.toordinal(), FEBRUARY.toordinal() + 1):
        yield midnight(date.fromordinal(ordinal))


#: What commands find of it. It has a size of its own.
COUNTY = MadeUp(lambda seed, size: january_2021(seed), any_size=False, published=True)
