"""A made-up county, for looking and for testing: children's ways through the service, as events.

A seeded simulation of what people do: families are referred, workers visit,
assess, confer and review, work slips where a worker is stretched, records are
written up late and put right. It knows no measure and aims at no figure. No
person in it is real, and none has a name.

The county is simulated step by step (`agenda`), so that only the next few steps of
each journey are held in memory, however long the scenario.

    county        the children who come to notice
    places        localities and teams
    front_door    contacts; most lead to no referral
    referral      assessment, support, closure, coming back
    protection    section 47 enquiry, conferences, plan
    care          placements, legal statuses, reviews; then permanence
    missing       episodes and return interviews
    visiting      rounds of visits
    workforce     workers, posts, caseloads
    case, diary   how facts are told: office hours, late recording, corrections
    setting       what all cases share
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from heapq import merge
from typing import Any

from casepulse.counties import MadeUp
from casepulse.counties.scenario.agenda import SOURCE
from casepulse.counties.scenario.county import County
from casepulse.schemas.envelope import Event
from casepulse.state.calendar import LONDON, add_months, midnight
from casepulse.streams.ticks import ticks

__all__ = ["COUNTY", "SOURCE", "scenario"]

#: The local hours at which the clock ticks in the last month; before it, at midnight alone.
HOURS = range(0, 24, 3)


def scenario(
    *, seed: int = 7, children: int = 300, months: int = 3, ends: date = date(2021, 2, 1)
) -> Iterator[Event[Any]]:
    """The county's events, by recorded time, with a tick of the clock where time alone passes.

    It begins with a run-in of some fourteen months, in which the children came who are
    known when the window begins. The last event is the tick of the midnight
    that begins `ends`; what was recorded from then on is left out.

    Args:
        seed: the same seed gives the same events, to the byte.
        children: about how many children come to notice, the run-in included.
        months: how many calendar months the window has.
        ends: the day that the window ends with, itself left out.

    Raises:
        ValueError: there is no month, or a negative number of children.
    """
    if months < 1 or children < 0:
        raise ValueError("a scenario has at least one month, and no fewer than 0 children")
    county = County(seed, children, months, ends)
    # At one instant the tick comes first: it says that all that was recorded before has been sent.
    clock = ticks(_midnights_and_hours(county.begins, ends), SOURCE, "sc-county")
    return merge(clock, county.events(), key=lambda event: event.recordedtime)


def _midnights_and_hours(begins: date, ends: date) -> Iterator[datetime]:
    """From the first midnight after the county begins to that of `ends`."""
    last_month = add_months(ends, -1)
    for ordinal in range(begins.toordinal() + 1, ends.toordinal()):
        day = date.fromordinal(ordinal)
        for hour in HOURS if day >= last_month else (0,):
            yield datetime.combine(day, time(hour), LONDON).astimezone(UTC)
    yield midnight(ends)


#: What commands find of it.
COUNTY = MadeUp(
    lambda seed, size: scenario(
        seed=seed, children=size.children, months=size.months, ends=size.ends
    )
)
