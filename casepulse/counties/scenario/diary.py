"""When people in the county work, and how soon they write down what happened."""

from datetime import date, datetime, timedelta
from random import Random

from casepulse.state.calendar import add_working_days, local_date, midnight

#: Office hours, as hours of the local day.
OPENS, CLOSES = 8.5, 17.5

#: Of all facts: those recorded within the hour or so, and those written up only days later.
#: What is neither is recorded in one of the next two working days.
AT_ONCE, WRITTEN_UP_LATE = 0.62, 0.08

#: How many days late "late" is.
LATE_DAYS = (3, 13)


def at_hour(day: date, hour: float) -> datetime:
    """The instant so many hours into a local day, in UTC and in whole seconds."""
    return midnight(day) + timedelta(seconds=round(hour * 3600))


def working_day(day: date) -> date:
    """The day itself if it is a working day, else the first one after it."""
    return add_working_days(day - timedelta(days=1), 1)


def is_working_day(day: date) -> bool:
    """Whether offices are open on this day."""
    return working_day(day) == day


def office_time(day: date, random: Random) -> datetime:
    """Some instant in office hours of a day."""
    return at_hour(day, random.uniform(OPENS, CLOSES))


def recorded_after(happened: datetime, random: Random) -> datetime:
    """When the case system knew of what happened then.

    A laptop in the car records within the hour, a busy week the working day
    after, and a backlog is cleared days later.
    """
    habit = random.random()
    if habit < WRITTEN_UP_LATE:
        day = working_day(local_date(happened) + timedelta(days=random.randint(*LATE_DAYS)))
        return office_time(day, random)
    if habit < WRITTEN_UP_LATE + AT_ONCE:
        return happened + timedelta(seconds=random.randint(90, 4500))
    return office_time(add_working_days(local_date(happened), random.randint(1, 2)), random)
