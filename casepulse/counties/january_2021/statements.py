"""Statements that children send by the Mind of My Own app."""

from datetime import date, timedelta

from casepulse.counties.january_2021.area import Area
from casepulse.counties.january_2021.counts import percent_of
from casepulse.counties.january_2021.county import FEBRUARY, LAST, MONTH_ENDS, at
from casepulse.counties.january_2021.days import some_day
from casepulse.counties.january_2021.published import figure
from casepulse.counties.january_2021.runs import Run
from casepulse.schemas.events.oversight import StatementReceived
from casepulse.state.calendar import add_months

#: How old a child is who uses the app.
YEARS = 8

#: How many statements come in February and in the first days of March.
LATER = 15


def tell_statements(area: Area, all_runs: list[Run]) -> None:
    """In each month as many children as published send one statement."""
    for end in MONTH_ENDS:
        told = figure("mind_of_my_own", period=f"{end:%Y-%m}")
        here = [run for run in all_runs if run.open_at_the_end_of(end)]
        many = told.numerator or percent_of(told.published, len(here))
        for run in area.chance.sample(_old_enough(here, end), many):
            day = some_day(max(run.first, end.replace(day=1)), end, area.chance)
            _tell(area, run, day)
    here = [run for run in all_runs if run.open_at_the_end_of(LAST) and run.last is None]
    for run in area.chance.sample(_old_enough(here, LAST), LATER):
        _tell(area, run, some_day(FEBRUARY, date(2021, 3, 6), area.chance))


def _old_enough(here: list[Run], day: date) -> list[Run]:
    return [run for run in here if add_months(run.child.born, 12 * YEARS) <= day]


def _tell(area: Area, run: Run, day: date) -> None:
    time = at(day, area.chance.uniform(15, 20))
    recorded = time + timedelta(hours=area.chance.uniform(0, 30))
    data = StatementReceived(team=run.child.team)
    area.county.tell(run.child.subject, data, time, recorded)
