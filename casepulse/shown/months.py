"""Months, days and counts in English."""

from datetime import datetime, timedelta

from casepulse.state.calendar import local_date

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip

_ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
    "tenth", "eleventh", "twelfth",
)  # fmt: skip


def month_name(month: str) -> str:
    """The name of a month such as 2021-01, without its year."""
    return _MONTHS[int(month[5:]) - 1]


def month_words(month: str) -> str:
    """A month such as 2021-01 as people write it: January 2021."""
    return f"{month_name(month)} {month[:4]}"


def short_month(month: str) -> str:
    """A month such as 2021-01 where there is little room: Jan 2021."""
    name, year = month_words(month).split()
    return f"{name[:3]} {year}"


def last_day_before(instant: datetime) -> str:
    """The last day that lies wholly before an instant, in London: 8 March 2021."""
    day = local_date(instant - timedelta(microseconds=1))
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def ordinal_word(number: int) -> str:
    """Of a number up to twelve: "third"."""
    return _ORDINALS[number - 1]


def ordinal_short(number: int) -> str:
    """Of a number up to thirteen: "3rd"."""
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number, 'th') }"


def listed(words: list[str]) -> str:
    """In a sentence: "one, two and three"."""
    return " and ".join(([", ".join(words[:-1])] if words[:-1] else []) + words[-1:])
