"""When children passed from one social worker to another: so that at each month's end as many have
had three of them lately as the report has it.

Whoever passes on twice within a month has had three workers in the half year that ends five months
later, and in the year that ends eleven months later; and not for longer.
"""

from datetime import date, timedelta
from random import Random

from casepulse.counties.january_2021.counts import part
from casepulse.counties.january_2021.county import MONTH_ENDS, Child, Stay
from casepulse.counties.january_2021.days import some_day
from casepulse.counties.january_2021.month_ends import NOW
from casepulse.counties.january_2021.published import percentage
from casepulse.counties.january_2021.runs import Run
from casepulse.state.calendar import add_months

#: How many months, the one with the changes among them, count for all children, for those in care.
HALF_A_YEAR, A_YEAR = 6, 12

#: When whoever has not passed on twice did so, as it were.
LONG_AGO = -2 * A_YEAR

#: How many in a hundred in care had fewer than three workers in a year, at the ends of January to
#: May 2020; since then as many as published: broadly static for most of 2020/21.
IN_CARE_BEFORE = (44, 43, 43, 42, 41)

#: Whoever becomes open in the first days of a month may be passed on twice in it.
BEGUN = timedelta(days=12)

#: How many of those who never had three workers have had two, and between which days.
HAD_TWO = 0.4
FIRST_CHANGE, LAST_CHANGE = date(2019, 3, 1), date(2020, 12, 30)

Changes = dict[Run, list[date]]


def plan_changes(all_runs: list[Run], settled_now: set[Run], chance: Random) -> Changes:
    """The days on which children passed to another worker, oldest first.

    Args:
        all_runs: of all children.
        settled_now: whom nobody new has taken on in January.
        chance: chances.
    """
    found: Changes = {run: [] for run in all_runs}
    latest: dict[Child, int] = {}
    stable = percentage("sw_stability_6m")
    for month in range(1 - A_YEAR, NOW + 1):
        first = add_months(MONTH_ENDS[0].replace(day=1), month)
        end = add_months(first, 1) - timedelta(days=1)
        here = [run for run in all_runs if run.lasts_at_the_end_of(end)]
        able = [run for run in here if run.first < first + BEGUN]
        if month == NOW:
            able = [run for run in able if run not in settled_now]
        in_care = [run for run in here if Stay.CARE in run.child.open_at_the_end_of(end)]
        for group, months, percent, may in (
            (in_care, A_YEAR, _stable_in_care(month), set(in_care)),
            (here, HALF_A_YEAR, stable, set(here).difference(in_care)),
        ):
            settled = [run for run in group if latest.get(run.child, LONG_AGO) <= month - months]
            many = _unsettled(month, len(group), months, percent) - len(group) + len(settled)
            chosen = set(settled) & may
            could = [run for run in able if run in chosen]
            for run in chance.sample(could, max(0, many)):
                latest[run.child] = month
                begins = max(first, run.first + timedelta(days=3))
                one = some_day(begins, first + timedelta(days=21), chance)
                two = some_day(one + timedelta(days=3), end - timedelta(days=1), chance)
                found[run] += [one, two]
    for run in all_runs:
        since = max(run.first, FIRST_CHANGE) + timedelta(days=3)
        until = min(run.last or LAST_CHANGE, LAST_CHANGE)
        if run.child not in latest and since < until and chance.random() < HAD_TWO:
            latest[run.child] = NOW
            found[run].append(some_day(since, until, chance))
    return found


def _unsettled(month: int, many: int, months: int, stable: int) -> int:
    """How many of so many have had three workers in the last months when a month ends."""
    if month >= 0:
        return many - part(many, stable)
    return max(0, round(many * (100 - stable) / 100 * (month + months) / months))


def _stable_in_care(month: int) -> int:
    if 0 <= month < len(IN_CARE_BEFORE):
        return IN_CARE_BEFORE[month]
    return percentage("sw_stability_cic_12m")
