"""What all cases of a scenario share: its chances, and what is still to come."""

from datetime import date
from random import Random

from casepulse.counties.scenario.agenda import Agenda
from casepulse.state.calendar import add_months, midnight

#: Months before the window in which the children came who are known when it begins.
RUN_IN = 14


class Setting:
    """The days of a scenario and its agenda."""

    def __init__(self, seed: int, months: int, ends: date) -> None:
        self.seed = seed
        self.window = add_months(ends, -months)
        self.begins = add_months(self.window, -RUN_IN)
        self.ends = ends
        self.agenda = Agenda(midnight(self.begins), midnight(ends))

    def chances(self, of: str) -> Random:
        """The chances of one case, team or place: they depend on the seed and its key alone."""
        return Random(f"{self.seed}:{of}")
