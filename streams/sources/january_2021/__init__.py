"""The county of the January 2021 report, made up so that its figures come out of ordinary events.

A seeded plan, area by area, from the counts that the report publishes. No person in it is real.
The modules tell events in this order; a later one may look at the children of those before it.
"""

from collections.abc import Iterator
from typing import Any

from schemas.envelope import Event
from streams.sources.january_2021.county import County

__all__ = ["january_2021"]

#: Each area's part, in the order in which they plan: a function that takes the county.
AREAS: tuple[Any, ...] = ()


def january_2021(seed: int = 7) -> Iterator[Event[Any]]:
    """The events of the county, by the time they were recorded.

    Args:
        seed: another seed, other children; the same published figures.
    """
    county = County(seed)
    for plan in AREAS:
        plan(county)
    return county.events()
