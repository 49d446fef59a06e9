"""Statements that children send by the Mind of My Own app."""

from datetime import date

from casepulse.counties.january_2021.area import Area
from casepulse.counties.january_2021.counts import percent_of
from casepulse.counties.january_2021.county import FEBRUARY, LAST, MONTH_ENDS
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
        here = [run for run in all_runs if run.lasts_at_the_end_of(end)]
        many = told.numerator or percent_of(told.published, len(here))
        for run in area.chance.sample(_old_enough(here, end), many):
            day = some_day(max(run.first, end.replace(day=1)), end, area.chance)
            area.tell(run.child, StatementReceived, day, (15, 20))
    here = [run for run in all_runs if run.lasts_at_the_end_of(LAST) and run.last is None]
    for run in area.chance.sample(_old_enough(here, LAST), LATER):
        area.tell(
            run.child,
            StatementReceived,
            some_day(FEBRUARY, date(2021, 3, 6), area.chance),
            (15, 20),
        )


def _old_enough(here: list[Run], day: date) -> list[Run]:
    return [run for run in here if add_months(run.child.born, 12 * YEARS) <= day]
