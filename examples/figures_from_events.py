"""A figure by locality, from a file of events.

python examples/figures_from_events.py events.jsonl cp_visits 2021-02-01
"""

import sys
from datetime import date
from pathlib import Path

from casepulse.schemas.events import read_event
from casepulse.schemas.events.clock import ClockTicked
from casepulse.state import Fact, Figures, evaluate, open_catalogue, published
from casepulse.state.calendar import midnight

file, measure, day = sys.argv[1:]
at = midnight(date.fromisoformat(day))
catalogue = open_catalogue()

events = (read_event(line) for line in Path(file).read_bytes().splitlines())
facts = [Fact.of(event) for event in events if event.type != ClockTicked.TYPE]
figures = Figures(evaluate(facts, catalogue, at), catalogue, at)

period = figures.current(catalogue.measures[measure])
for locality in figures.localities:
    figure = figures.figure(measure, period, locality)
    value = published(figure, catalogue.measures[measure].decimals)
    share = f"{figure.numerator} of {figure.denominator}"
    print(f"{locality:<14} {value if value is not None else 'n/a':>6}  {share}")
