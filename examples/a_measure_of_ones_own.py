"""A measure beside those that come with casepulse: visits that were written up within two days.

python examples/a_measure_of_ones_own.py events.jsonl 2021-02-01
"""

import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from casepulse.schemas.events import read_event
from casepulse.schemas.events.clock import ClockTicked
from casepulse.schemas.events.referral import VisitRecorded
from casepulse.schemas.measure import Section
from casepulse.schemas.profile import load_profile
from casepulse.state import CaseView, Catalogue, Fact, Figures, evaluate
from casepulse.state.calendar import midnight
from casepulse.state.measures import MEASURES
from casepulse.state.measures.forms import share, yes_no
from casepulse.state.rules import Measures, Sorted, Standards

OWN = Measures()


@OWN.measure(
    share(
        id="visits_written_up_in_two_days",
        kind="flow",
        title="Visits written up within two days",
        section=Section.CHILDREN_IN_NEED,
        better="high",
        definition="Visits of the month, and of those the ones that were recorded within 48 hours.",
        source="Northshire, made up",
    )
)
def written_up(case: CaseView, standards: Standards) -> Iterator[Sorted]:
    """Each visit, by the day on which it was made."""
    for visit in case.facts(VisitRecorded):
        in_time = visit.recorded - visit.time <= timedelta(days=2)
        yield Sorted(visit.id, yes_no(in_time), visit.day, visit.data.team)


file, day = sys.argv[1:]
at = midnight(date.fromisoformat(day))
catalogue = Catalogue(Measures.together(MEASURES, OWN), load_profile())

events = (read_event(line) for line in Path(file).read_bytes().splitlines())
facts = [Fact.of(event) for event in events if event.type != ClockTicked.TYPE]
figures = Figures(evaluate(facts, catalogue, at), catalogue, at)

for month, figure in figures.series(catalogue.measures["visits_written_up_in_two_days"]):
    print(f"{month}  {figure.numerator} of {figure.denominator}")
