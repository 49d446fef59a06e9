"""The workforce: who holds which child, and that each case is worked on and watched.

It comes last, and tells of all children who are open, whoever put them into the county.
"""

from casepulse.counties.january_2021.allocations import tell_allocations
from casepulse.counties.january_2021.area import Area
from casepulse.counties.january_2021.county import County
from casepulse.counties.january_2021.oversight import tell_oversight
from casepulse.counties.january_2021.runs import runs
from casepulse.counties.january_2021.statements import tell_statements


def plan(county: County) -> None:
    """Workers, allocations, supervisions, case notes and Mind of My Own statements."""
    all_runs = runs(county)
    without = tell_allocations(Area.of(county, "allocations"), all_runs)
    tell_oversight(Area.of(county, "oversight"), all_runs, without)
    tell_statements(Area.of(county, "statements"), all_runs)
