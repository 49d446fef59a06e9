"""Ratings: Red, Yellow, Green against a target, and the direction of travel.

The rules: docs/rules.md. Points are percentage points.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Literal

from casepulse.schemas.profile import RagRule

Better = Literal["high", "low"]


class Rag(StrEnum):
    """The three colours of the report's key."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


class Band(StrEnum):
    """How a value stands to its target, in the measure's own better direction."""

    BETTER = "better"
    """Or at it."""
    WITHIN = "within"
    """Worse, and within tolerance."""
    OUTSIDE = "outside"
    FAR = "far"
    """Outside, and by more than the rule has for Red at once."""

    @property
    def is_outside(self) -> bool:
        """Whether it is worse than tolerance allows."""
        return self in (Band.OUTSIDE, Band.FAR)


class Direction(StrEnum):
    """Where a measure is going, in its own better direction."""

    IMPROVED = "improved"
    DECLINED = "declined"
    SAME = "same"


def band(value: Fraction, target: float, tolerance: float, better: Better, rule: RagRule) -> Band:
    """The band in which a value lies."""
    gap = Fraction(str(target)) - value
    worse = gap if better == "high" else -gap
    if worse <= 0:
        return Band.BETTER
    if worse <= Fraction(str(tolerance)):
        return Band.WITHIN
    return Band.FAR if worse > Fraction(str(rule.far_below)) else Band.OUTSIDE


def rate(
    series: Sequence[Fraction | None],
    target: float | None,
    tolerance: float,
    better: Better | None,
    rule: RagRule,
) -> Rag | None:
    """The colour of the last value of a series; None without a value, a target or a better side.

    Green: at or better than target, or within tolerance of it. Red: worse by more
    than `rule.far_below`, or outside tolerance for `rule.months_outside` months
    running. Yellow: anything else.
    """
    if not series or target is None or better is None:
        return None
    latest = series[-1]
    if latest is None:
        return None
    standing = band(latest, target, tolerance, better, rule)
    if not standing.is_outside:
        return Rag.GREEN
    if standing is Band.FAR:
        return Rag.RED
    running = 0
    for value in reversed(series):
        if value is None or not band(value, target, tolerance, better, rule).is_outside:
            break
        running += 1
    return Rag.RED if running >= rule.months_outside else Rag.YELLOW


@dataclass(frozen=True, slots=True)
class Travel:
    """A direction, and for how many months running it has been that."""

    direction: Direction
    months: int


def travel(published: Sequence[Decimal | None], better: Better | None) -> Travel | None:
    """The direction of the last published value against the one before.

    None where either is not available, or where neither side is the better one.
    """
    if better is None:
        return None
    steps: list[Direction] = []
    for later, earlier in zip(reversed(published), reversed(published[:-1]), strict=False):
        if later is None or earlier is None:
            break
        if later == earlier:
            steps.append(Direction.SAME)
        else:
            up = later > earlier
            steps.append(Direction.IMPROVED if up == (better == "high") else Direction.DECLINED)
    if not steps:
        return None
    running = next((n for n, step in enumerate(steps) if step is not steps[0]), len(steps))
    return Travel(steps[0], running)
