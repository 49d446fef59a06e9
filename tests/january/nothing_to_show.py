"""When a query of a dashboard is to be empty: the view itself has nothing for it, and says n/a."""

import re
from collections.abc import Callable

from casepulse.schemas.view import AwaitedView, CellView, MeasureView, View
from casepulse.state import COUNTY, Catalogue
from tests.prometheus import Prometheus

Lacks = Callable[[MeasureView, list[CellView], list[AwaitedView], bool, bool], bool]

#: By metric, whether a measure has none of it: given the measure, its current cells and what is
#: awaited of it in the localities that are asked for, whether it is a percentage, and whether it is
#: part of another.
_LACKS: dict[str, Lacks] = {
    r"casepulse_measure:ratio": lambda m, cells, w, pc, part: not any(c.denominator for c in cells),
    r"measure_denominator": lambda m, cells, w, pc, part: all(c.denominator is None for c in cells),
    r"measure_numerator": lambda m, cells, w, pc, part: not cells,
    r"measure_(target|tolerance)_ratio": lambda m, c, w, pc, part: m.target is None or not pc,
    r"measure_rag_state": lambda m, c, w, pc, part: m.target is None,
    r"measure_direction_state": lambda m, c, w, pc, part: m.dashboard is None,
    r"measure_info\{[^}]*polarity": lambda m, c, w, pc, part: m.better is None,
    r"measure_status": lambda m, cells, w, pc, part: part or not any(c.statuses for c in cells),
    r"measure_(overdue|due_soon)\{": lambda m, c, awaited, pc, part: not awaited,
    r"measure_overdue\{.*> 0": lambda m, c, awaited, pc, part: not any(w.overdue for w in awaited),
    r"longest_overdue_seconds": lambda m, c, awaited, pc, part: (
        not any(w.longest_overdue for w in awaited)
    ),
}


def of_measures(query: str, view: View, catalogue: Catalogue) -> bool:
    """Whether something that a query needs is lacking of every measure that it asks for.

    Args:
        query: with its variables filled in.
        view: the view that Prometheus was told.
        catalogue: what measures are.
    """
    asked = re.findall(r'measure=~?"([^"]+)"', query)
    measures = asked[0].split("|") if asked else list(view.measures)
    here = re.findall(r'locality="([^"]+)"', query)
    needed = [lacks for pattern, lacks in _LACKS.items() if re.search(pattern, query)]
    return any(
        all(_lacking(lacks, view.measures[measure], here, catalogue) for measure in measures)
        for lacks in needed
    )


def _lacking(lacks: Lacks, measure: MeasureView, here: list[str], catalogue: Catalogue) -> bool:
    definition = catalogue.measures[measure.measure]
    cells = [
        cell
        for cell in measure.cells
        if cell.period == measure.period and cell.locality != COUNTY and _in(cell.locality, here)
    ]
    # Where a measure has anything awaited at all, every locality is told of, with nought. What is
    # overdue in a part is told of its whole, but for one with a list of its own.
    lateness = catalogue.lateness(measure.measure)
    told = measure.awaited if lateness and lateness.has_list and lateness.awaits else []
    told = [each for each in told if each.overdue or each.days]
    awaited = [each for each in told if _in(each.locality, here)] or told
    return lacks(measure, cells, awaited, definition.is_percentage, definition.of is not None)


def _in(locality: str, here: list[str]) -> bool:
    return not here or locality in here


def of_platform(query: str, asked: Prometheus) -> bool:
    """Whether what a query tells of has not happened, as Prometheus itself knows."""
    if "end_to_end_latency" in query:
        # Of events that are followed live: in a replay there are none.
        return asked.one("sum(casepulse_event_end_to_end_latency_seconds_count)") == 0
    return "ALERTS" in query and not asked.now('ALERTS{alertstate="firing"}')
