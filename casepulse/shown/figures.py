"""The figures of a release as far as they may be shown: all that the report is made from.

Everything else in the report reads its figures here, so that what disclosure control withholds
cannot come out by another way: a direction, a colour or a series.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import takewhile
from types import MappingProxyType
from typing import Literal

from casepulse.schemas.comparators import Compared
from casepulse.schemas.measure import Measure, Window
from casepulse.schemas.phrase import Phrase
from casepulse.schemas.profile import RagRule
from casepulse.schemas.release import Release
from casepulse.schemas.view import MeasureView, MonthView
from casepulse.shown.blocks import FigureName, Rag, Unit
from casepulse.state import COUNTY, Catalogue
from casepulse.state.figures import scaled
from casepulse.state.partition import SERIES
from casepulse.state.rating import Band, band
from casepulse.state.windows import begins

#: What of a figure is withheld: nothing; its numerator and value; its denominator as well.
Withholding = Literal["nothing", "numerator", "all"]

#: Disclosure control, asked figure by figure.
Withheld = Callable[[FigureName], Withholding]

#: How a value stands to its target, in the measure's own better direction.
Standing = Literal["better", "on", "within", "worse", "far worse"]

_STANDINGS: dict[Band, Standing] = {
    Band.BETTER: "better",
    Band.WITHIN: "within",
    Band.OUTSIDE: "worse",
    Band.FAR: "far worse",
}

Direction = Literal["improved", "declined", "same"]

_NOTHING_KNOWN: Mapping[str, Compared] = MappingProxyType({})


#: As many steps from month to month as a series of thirteen months has.
ALL_STEPS = SERIES - 1


class UndefinedMeasureError(ValueError):
    """A release has a measure that the catalogue doesn't define."""


def nothing_withheld(_: FigureName) -> Withholding:
    """What the internal edition withholds."""
    return "nothing"


@dataclass(frozen=True, slots=True)
class Shown:
    """One figure as far as it may be shown."""

    name: FigureName
    unit: Unit
    withheld: Withholding
    value: Decimal | None
    """As it is published: 90 for "90%". None where it is withheld or not available."""
    numerator: int | None
    """None where it is withheld; of a plain count, the count itself."""
    denominator: int | None
    """None where it is withheld, and of a plain count."""

    @property
    def exact(self) -> Fraction | None:
        """The value unrounded; None where it is withheld or not available."""
        if self.value is None or self.numerator is None:
            return None
        return scaled(
            self.numerator, self.denominator, "percent" if self.unit == "count" else self.unit
        )

    def begins(self, window: Window) -> bool:
        """Whether a window that begins anew from time to time does so with this month."""
        return begins(window, int(self.name.period[5:]))


@dataclass(frozen=True)
class ShownMeasure:
    """A measure with everything that may be shown of it."""

    definition: Measure
    view: MeasureView
    rule: RagRule
    unit: Unit
    series: tuple[Shown, ...]
    """The county's thirteen months, oldest first."""
    localities: Mapping[str, tuple[Shown, ...]]
    """The last three months of each locality, in the profile's order."""
    compared: Mapping[str, Compared] = field(default_factory=dict)
    """By name of a comparator, what it rests on, where that is known."""

    @property
    def id(self) -> str:
        """Its id in the catalogue."""
        return self.definition.id

    @property
    def phrase(self) -> Phrase:
        """What the report says of it."""
        return self.definition.phrase

    @property
    def title(self) -> str:
        """Its title as the release has it."""
        return self.view.title

    @property
    def latest(self) -> Shown:
        """The county's figure of the month."""
        return self.series[-1]

    @property
    def before(self) -> Shown:
        """The county's figure of the month before."""
        return self.series[-2]

    @property
    def target(self) -> Decimal | None:
        """In the measure's own unit; no secret, whatever is withheld."""
        return None if self.view.target is None else Decimal(str(self.view.target))

    @property
    def comparators(self) -> tuple[tuple[str, Decimal], ...]:
        """What other authorities' figures are, by the profile's name for them."""
        return tuple((name, Decimal(str(value))) for name, value in self.view.comparators.items())

    @property
    def direction(self) -> Direction | None:
        """None where either of the two months that it compares is withheld or missing."""
        return self.view.direction if self._open_at_end > 1 else None

    @property
    def months_running(self) -> int:
        """For how many months it has been moving so; 1 where that would tell of withheld months."""
        running = self.view.months_running
        if self.direction is None:
            return 0
        # That a run is no longer tells of the month before it.
        return running if self._shown_whole(running + 2) else 1

    @property
    def rag(self) -> Rag | None:
        """Its colour. It tells of months before, unless it is green: those must be shown, too."""
        needed = 1 if self.view.rag == "green" else self.rule.months_outside
        return self.view.rag if self._shown_whole(needed) else None

    @property
    def standing(self) -> Standing | None:
        """How the value stands to its target; None without either, or where it is withheld."""
        found = self._band(self.latest)
        if found is None:
            return None
        return "on" if self.latest.value == self.target else _STANDINGS[found]

    @property
    def months_outside(self) -> int:
        """For how many months running it has been outside tolerance; 0 where that would tell of
        withheld months."""
        count = sum(1 for _ in takewhile(self.is_outside, reversed(self.series)))
        return count if self._shown_whole(count + 1) else 0

    def is_outside(self, figure: Shown) -> bool:
        """Whether a figure of it, of any month or locality, is outside tolerance of the target."""
        found = self._band(figure)
        return found is not None and found.is_outside

    @cached_property
    def _open_at_end(self) -> int:
        """How many of the last months have a value that may be shown."""
        return sum(1 for _ in takewhile(lambda each: each.value is not None, reversed(self.series)))

    def _shown_whole(self, months: int) -> bool:
        """Whether nothing of so many last months is withheld."""
        return all(each.withheld == "nothing" for each in self.series[-months:])

    def _band(self, figure: Shown) -> Band | None:
        exact, target, better = figure.exact, self.view.target, self.view.better
        if exact is None or target is None or better is None:
            return None
        return band(exact, target, self.view.tolerance or 0, better, self.rule)


def shown_measures(
    release: Release, catalogue: Catalogue, withheld: Withheld = nothing_withheld
) -> dict[str, ShownMeasure]:
    """Every measure of a release, in its order.

    Raises:
        UndefinedMeasureError: the release has a measure that the catalogue doesn't define.
    """
    undefined = [name for name in release.measures if name not in catalogue.measures]
    if undefined:
        raise UndefinedMeasureError(f"not in the catalogue: {', '.join(undefined)}")
    return {
        name: shown_measure(
            catalogue.measures[name],
            view,
            release.profile.rag,
            withheld,
            catalogue.profile.settings(name).compared,
        )
        for name, view in release.measures.items()
    }


def shown_measure(
    definition: Measure,
    view: MeasureView,
    rule: RagRule,
    withheld: Withheld = nothing_withheld,
    compared: Mapping[str, Compared] = _NOTHING_KNOWN,
) -> ShownMeasure:
    """One measure: of a release, or of the live view.

    Args:
        definition: what it is.
        view: its figures.
        rule: the authority's rule of colours.
        withheld: what of its figures is not shown.
        compared: what its comparators rest on, of those where that is known.
    """
    unit = _unit(definition)
    return ShownMeasure(
        definition=definition,
        view=view,
        rule=rule,
        unit=unit,
        compared=compared,
        series=_figures(definition.id, COUNTY, unit, view.series, withheld),
        localities={
            locality: _figures(definition.id, locality, unit, months, withheld)
            for locality, months in view.localities.items()
        },
    )


def _unit(measure: Measure) -> Unit:
    if measure.scale != "percent":
        return measure.scale
    return "percent" if measure.is_percentage else "count"


def _figures(
    measure: str, locality: str, unit: Unit, months: list[MonthView], withheld: Withheld
) -> tuple[Shown, ...]:
    return tuple(
        _figure(FigureName(measure, month.month, locality), unit, month, withheld)
        for month in months
    )


def _figure(name: FigureName, unit: Unit, month: MonthView, withheld: Withheld) -> Shown:
    what = withheld(name)
    published = month.published if what == "nothing" else None
    return Shown(
        name=name,
        unit=unit,
        withheld=what,
        value=None if published is None else Decimal(published.rstrip("%")),
        numerator=month.numerator if what == "nothing" else None,
        denominator=None if what == "all" else month.denominator,
    )
