"""One area of practice of the county: its chances, and how it tells what happened."""

from dataclasses import dataclass
from random import Random

from casepulse.counties.january_2021.county import County


@dataclass(frozen=True, slots=True)
class Area:
    """Where one area of practice draws its chances from, and what it tells its facts to."""

    county: County
    chance: Random
