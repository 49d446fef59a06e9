"""When facts are recorded: mostly within days, some of them only after January was over."""

from datetime import date, datetime, timedelta
from random import Random

from casepulse.counties.january_2021.county import FEBRUARY, County, at
from casepulse.schemas.envelope import Data
from casepulse.state.calendar import local_date

#: One in so many of the latest facts is not recorded before February.
ONE_LATE_IN = 30


def tell(county: County, subject: str, data: Data, time: datetime, chance: Random) -> None:
    """Tell a fact as it is told in practice."""
    county.tell(subject, data, time, recorded(time, chance))


def recorded(time: datetime, chance: Random) -> datetime:
    """Up to three days after it happened; late ones of December and January in February."""
    day = local_date(time)
    if date(2020, 12, 1) <= day < FEBRUARY and not chance.randrange(ONE_LATE_IN):
        return at(FEBRUARY + timedelta(days=chance.randint(1, 32)), chance.uniform(9, 17))
    return time + timedelta(hours=chance.choice((1, 2, 3, 20, 24, 48, 70)))
