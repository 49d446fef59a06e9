"""Why a figure of one release is not that of an earlier one of the same month.

From the earlier release to the later one in steps: the facts that came to be
known in between, first those recorded late, then the corrections, then what was
voided; then the standards of the later one's profile. After each step the whole
is counted as it stands then, so that the steps add up to the difference, whatever
the measure is: a count, a percentage, a distribution over workers. What they
leave over is a definition that has changed.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from casepulse.schemas.events import RecordAmended, RecordVoided
from casepulse.schemas.measure import Measure
from casepulse.schemas.release import Release
from casepulse.state.facts import Fact
from casepulse.state.figures import COUNTY, Figures, months_added
from casepulse.state.partition import Partition
from casepulse.state.rules import Catalogue
from casepulse.state.standing import Cell
from casepulse.state.tally import Tally


class Cause(StrEnum):
    """Why a figure changed."""

    LATE = "recorded late"
    CORRECTED = "corrected"
    VOIDED = "voided"
    STANDARD = "standard changed"
    DEFINITION = "definition changed"


#: The causes that are facts, in the order in which they are taken.
OF_FACTS = (Cause.LATE, Cause.CORRECTED, Cause.VOIDED)

#: Where a fact changed a count: measure, period and group.
Place = tuple[str, str, str]

#: Which figure: measure, month and locality.
Name = tuple[str, str, str]


@dataclass(slots=True)
class Changes:
    """What the facts that came to be known did."""

    cells: dict[Cause, Counter[Cell]] = field(
        default_factory=lambda: {cause: Counter() for cause in OF_FACTS}
    )
    """By how much each cell changed."""
    facts: list[tuple[Cause, frozenset[Place]]] = field(default_factory=list)
    """Each fact: its cause, and the places whose counts it changed; maybe none."""

    def add(self, other: "Changes") -> None:
        """Take in those of other cases."""
        for cause, cells in other.cells.items():
            self.cells[cause].update(cells)
        self.facts.extend(other.facts)


def changes_of(
    catalogue: Catalogue, at: datetime, known: Iterable[Fact], since: Iterable[Fact]
) -> Changes:
    """What the facts of one case changed.

    Args:
        catalogue: by which the earlier release is counted.
        at: what both releases are as at.
        known: the facts that the earlier one knew.
        since: those that the later one knew besides.
    """
    partition = Partition(catalogue)
    partition.advance(at)
    keys = set()
    for fact in known:
        partition.apply(fact)
        keys.add(fact.key)
    partition.tally().noted()
    changes = Changes()
    places: dict[tuple[str, str], tuple[Cause, set[Place]]] = {}
    caused = [(OF_FACTS.index(_cause(fact, keys)), fact.recorded, fact.key, fact) for fact in since]
    for place, _, _, fact in sorted(caused, key=lambda each: each[:3]):
        cause = OF_FACTS[place]
        if partition.apply(fact):
            noted = partition.tally().noted()
            changes.cells[cause].update(noted)
            # What happened after the month was recorded in its time, unless an amendment that came
            # before it says that it happened earlier. A record that was told more than once is one
            # fact.
            if noted or fact.time < at or cause is not Cause.LATE:
                told = places.setdefault(fact.key, (cause, set()))
                told[1].update(cell[:3] for cell in noted)
    changes.facts.extend((cause, frozenset(touched)) for cause, touched in places.values())
    return changes


def _cause(fact: Fact, known: set[tuple[str, str]]) -> Cause:
    if isinstance(fact.data, RecordVoided):
        return Cause.VOIDED
    corrected = isinstance(fact.data, RecordAmended) or fact.key in known
    return Cause.CORRECTED if corrected else Cause.LATE


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a figure is made of."""

    numerator: int
    denominator: int
    """0 of a plain count."""

    def __sub__(self, other: "Numbers") -> "Numbers":
        return Numbers(self.numerator - other.numerator, self.denominator - other.denominator)

    def __add__(self, other: "Numbers") -> "Numbers":
        return Numbers(self.numerator + other.numerator, self.denominator + other.denominator)


@dataclass(frozen=True, slots=True)
class Step:
    """What one cause did to a figure, and how many facts of it changed any of its counts."""

    by: Numbers
    facts: int = 0


@dataclass(frozen=True, slots=True)
class Changed:
    """One figure that is not what it was. The steps add up to the difference."""

    measure: str
    month: str
    locality: str
    before: Numbers
    after: Numbers
    steps: Mapping[Cause, Step]


def explain(
    first: Release,
    second: Release,
    counted_first: Tally,
    counted_second: Tally | None,
    changes: Changes,
    catalogues: tuple[Catalogue, Catalogue],
) -> Iterator[Changed]:
    """Every figure that both releases print and that differs, with its causes.

    Args:
        first: the earlier release.
        second: the later one, of the same month.
        counted_first: what the first knew, counted again by its standards.
        counted_second: what the second knew, by its standards; None where both have the same.
        changes: what came to be known between them, by the standards of the first.
        catalogues: the measures with the standards of each.
    """
    tally, stages = counted_first, [Figures(counted_first, catalogues[0], first.at)]
    for cause in OF_FACTS:
        tally = _plus(tally, changes.cells[cause])
        stages.append(Figures(tally, catalogues[0], first.at))
    last = tally if counted_second is None else counted_second
    stages.append(Figures(last, catalogues[1], first.at))
    touching = _facts_by_place(changes)
    printed = numbers_of(second)
    for name, before in numbers_of(first).items():
        after = printed.get(name)
        measure = catalogues[0].measures.get(name[0])
        if after is None or after == before or measure is None:
            continue
        told = [_counted(figures, measure, name) for figures in stages]
        by = [later - earlier for earlier, later in pairwise(told)]
        left_over = (told[0] - before) + (after - told[-1])
        steps = {
            cause: Step(each, len(_touching(touching, cause, catalogues[0], measure, name, stages)))
            for cause, each in zip((*OF_FACTS, Cause.STANDARD), by, strict=True)
        }
        steps[Cause.DEFINITION] = Step(left_over)
        nothing = Step(Numbers(0, 0))
        yield Changed(
            *name, before, after, {cause: step for cause, step in steps.items() if step != nothing}
        )


def numbers_of(release: Release) -> dict[Name, Numbers]:
    """Every figure that a release prints: the county's series, and the localities' last months."""
    return {
        (name, each.month, locality): Numbers(each.numerator, each.denominator or 0)
        for name, measure in release.measures.items()
        for locality, months in ((COUNTY, measure.series), *measure.localities.items())
        for each in months
    }


def _plus(tally: Tally, cells: Mapping[Cell, int]) -> Tally:
    changed = Tally.merged([tally])
    for cell, count in cells.items():
        changed.add_count(cell, count)
    return changed


def _period(measure: Measure, month: str, figures: Figures) -> str:
    """What a tally calls a month of a measure's series."""
    last = figures.series(measure, COUNTY, 1)[0][0]
    return figures.current(measure) if month == last else month


def _counted(figures: Figures, measure: Measure, name: Name) -> Numbers:
    _, month, locality = name
    figure = figures.figure(measure.id, _period(measure, month, figures), locality)
    return Numbers(figure.numerator, figure.denominator or 0)


def _facts_by_place(changes: Changes) -> dict[tuple[Cause, str, str], dict[str, set[int]]]:
    """By cause, measure and period: the facts that changed a count of each group."""
    found: dict[tuple[Cause, str, str], dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for number, (cause, places) in enumerate(changes.facts):
        for measure, period, group in places:
            found[cause, measure, period][group].add(number)
    return found


def _touching(
    touching: Mapping[tuple[Cause, str, str], Mapping[str, set[int]]],
    cause: Cause,
    catalogue: Catalogue,
    measure: Measure,
    name: Name,
    stages: list[Figures],
) -> set[int]:
    """The facts of a cause that changed any count of a figure."""
    _, month, locality = name
    found: set[int] = set()
    # What is counted by worker or by team first belongs to a locality only once all is together.
    everywhere = locality == COUNTY or measure.base in catalogue.regroups
    for each in months_added(measure.window, _period(measure, month, stages[0])):
        groups = touching.get((cause, measure.base, each), {})
        for group, facts in groups.items():
            if everywhere or group == locality:
                found |= facts
    return found
