"""The calendar against a calendar that counts on its fingers, day by day."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from casepulse.schemas.standard import Standard
from casepulse.state.calendar import (
    INSTANT,
    LONDON,
    add_months,
    add_working_days,
    due,
    due_day,
    end_of,
    last_month_ends,
    leaves_window,
    local_date,
    midnight,
    month_end,
    month_of,
    months_back,
    next_month_end,
    reporting_month,
    working_days_taken,
)
from casepulse.state.clock import Clock
from tests.build import row, table, when

#: Bank holidays of England as gov.uk lists them, typed in by hand.
BANK_HOLIDAYS = {
    date.fromisoformat(day)
    for day in (
        "2019-01-01", "2019-04-19", "2019-04-22", "2019-05-06", "2019-05-27", "2019-08-26",
        "2019-12-25", "2019-12-26",
        "2020-01-01", "2020-04-10", "2020-04-13", "2020-05-08", "2020-05-25", "2020-08-31",
        "2020-12-25", "2020-12-28",
        "2021-01-01", "2021-04-02", "2021-04-05", "2021-05-03", "2021-05-31", "2021-08-30",
        "2021-12-27", "2021-12-28",
        "2022-01-03", "2022-04-15", "2022-04-18", "2022-05-02", "2022-06-02", "2022-06-03",
        "2022-08-29", "2022-09-19", "2022-12-26", "2022-12-27",
        "2023-01-02", "2023-04-07", "2023-04-10", "2023-05-01", "2023-05-08", "2023-05-29",
        "2023-08-28", "2023-12-25", "2023-12-26",
    )
}  # fmt: skip

DAY = timedelta(days=1)
days = st.dates(date(2019, 1, 1), date(2023, 6, 30))
any_days = st.dates(date(1950, 1, 2), date(2099, 12, 31))
near_turns = st.sampled_from(
    [date(2020, 2, 29), date(2020, 2, 28), date(2021, 2, 28), date(2020, 8, 31), date(2021, 1, 31),
     date(2020, 10, 25), date(2021, 3, 28), date(2020, 12, 31)]
)  # fmt: skip
instants = st.builds(
    lambda day, beside: midnight(day) + beside,
    days | near_turns,
    st.sampled_from([timedelta(0), INSTANT, -INSTANT])
    | st.timedeltas(timedelta(0), timedelta(hours=25)),
)


def _is_working(day: date) -> bool:
    return day.weekday() < 5 and day not in BANK_HOLIDAYS


@given(days, st.integers(0, 100))
def test_the_nth_working_day_is_found_by_walking_there(start, count):
    day, left = start, count
    while left:
        day += DAY
        left -= _is_working(day)
    assert add_working_days(start, count) == day


@given(days, st.integers(0, 150))
def test_working_days_taken_are_counted_one_by_one(start, length):
    end = start + length * DAY
    walked = sum(_is_working(start + n * DAY) for n in range(1, length + 1))
    assert working_days_taken(start, end) == walked


@given(any_days, st.integers(1, 90))
def test_working_days_added_are_the_working_days_taken(start, count):
    due_on = add_working_days(start, count)
    assert working_days_taken(start, due_on) == count
    assert working_days_taken(start, due_on - DAY) == count - 1


def test_any_standard_that_a_profile_may_set_can_be_counted_from_any_day_of_an_event():
    longest = Standard.parse("999 working days")
    assert due_day(date(2099, 12, 31), longest) > date(2099, 12, 31)
    with pytest.raises(ValueError, match="a count and a unit"):
        Standard.parse("1000 working days")


@given(any_days, st.integers(-60, 60))
def test_months_are_added_by_turning_the_pages_of_a_calendar(start, count):
    year, month = start.year, start.month
    for _ in range(abs(count)):
        month += 1 if count > 0 else -1
        if month == 13:
            year, month = year + 1, 1
        if month == 0:
            year, month = year - 1, 12
    last = monthrange(year, month)[1]
    assert add_months(start, count) == date(year, month, min(start.day, last))


@table("""
    so many months from      | start      | count | expected
    31 January, one          | 2021-01-31 | 1     | 2021-02-28
    31 January 2020, one     | 2020-01-31 | 1     | 2020-02-29
    29 February, twelve      | 2020-02-29 | 12    | 2021-02-28
    31 August, six           | 2020-08-31 | 6     | 2021-02-28
    31 March, back one       | 2021-03-31 | -1    | 2021-02-28
    31 December, back twelve | 2020-12-31 | -12   | 2019-12-31
    15 November, three       | 2020-11-15 | 3     | 2021-02-15
""")
def test_the_same_day_of_another_month_or_its_last(start, count, expected):
    assert add_months(date.fromisoformat(start), int(count)) == date.fromisoformat(expected)


@table("""
    a day in London       | day        | hours
    an ordinary one       | 2021-01-04 | 24
    the clocks go forward | 2021-03-28 | 23
    the clocks go back    | 2020-10-25 | 25
""")
def test_how_long_a_day_is(day, hours):
    there = date.fromisoformat(day)
    assert end_of(there) - midnight(there) == timedelta(hours=int(hours))


@given(any_days)
def test_a_day_begins_at_its_midnight_and_ends_at_the_next(day):
    assert local_date(midnight(day)) == day
    assert local_date(midnight(day) - INSTANT) == day - DAY
    assert end_of(day) == midnight(day + DAY)
    assert midnight(day).tzinfo is UTC


def _back(instant: datetime, months: int) -> datetime:
    """The same time of the same day, so many months before."""
    local = instant.astimezone(LONDON)
    day = add_months(local.date(), -months)
    return datetime.combine(day, local.timetz(), LONDON).astimezone(UTC)


def _in_the_hours_of_a_clock_change(instant: datetime) -> bool:
    """Whether the same time of day is missing, or there twice, on some day near: 00:00 to 03:00."""
    return instant.astimezone(LONDON).hour < 3


@given(instants, st.integers(1, 24))
def test_a_start_leaves_the_last_months_as_soon_as_it_lies_before_them(start, months):
    """In the last n months at t: at or after t minus n months.

    Once out, it stays out, though on 29 to 31 March a month before is the same 28 February.
    """
    leaves = leaves_window(start, months)
    assume(start == midnight(local_date(start)) or not _in_the_hours_of_a_clock_change(start))
    assume(local_date(start + INSTANT).day != 1 or local_date(start).day == 1)
    assert _back(leaves - INSTANT, months) <= start < _back(leaves, months)
    assert Clock(leaves - INSTANT).within_last(months, start)
    assert not Clock(leaves).within_last(months, start)


@given(instants, st.integers(1, 15))
def test_month_ends_are_the_first_instants_of_months_that_have_come(now, count):
    year, month = 2015, 1
    come: list[datetime] = []
    while (first := midnight(date(year, month, 1))) <= now:
        come.append(first)
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    assert last_month_ends(now, count) == come[-count:]
    assert next_month_end(now) == first


@given(instants)
def test_the_month_reported_on_is_that_of_the_instant_before(now):
    month = reporting_month(now)
    local = (now - INSTANT).astimezone(LONDON)
    assert (month.year, month.month, month.day) == (local.year, local.month, 1)
    assert month_end(month) >= now
    assert month_of(months_back(month, 13)[-1]) == month_of(month)
    assert len(set(months_back(month, 13))) == 13


@pytest.mark.parametrize(
    ("start", "standard", "expected"),
    [
        row("hours are real hours", when("2021-03-27 12:00"), "24 hours", when("2021-03-28 13:00")),
        row("days run from the local day", when("2021-06-30T23:30+00:00"), "7 days",
            date(2021, 7, 8)),
        row("weeks", when("2021-01-18 10:00"), "6 weeks", date(2021, 3, 1)),
        row("months", when("2020-11-30 10:00"), "3 months", date(2021, 2, 28)),
        row("working days", when("2020-12-24 10:00"), "1 working day", date(2020, 12, 29)),
    ],
)  # fmt: skip
def test_due(start, standard, expected):
    assert due(start, Standard.parse(standard)) == expected


def test_what_counts_no_time_is_never_due():
    with pytest.raises(ValueError, match="children are no days"):
        due(date(2021, 1, 4), Standard.parse("18 children"))
    with pytest.raises(TypeError, match="from an instant"):
        due(date(2021, 1, 4), Standard.parse("24 hours"))
    with pytest.raises(ValueError, match="hours are no days"):
        due_day(date(2021, 1, 4), Standard.parse("24 hours"))
