"""One figure of several: exact, and rounded half up only at the end."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from statistics import mean, median

from casepulse.schemas.comparators import Middle

#: Of the neighbours the least share whose figure must be published: of fewer there is none (A).
FEWEST_PUBLISHED = Fraction(6, 10)

#: Decimal places of what is worked out from counts, as the DfE's own per cents have;
COMPUTED_PLACES = 1
#: and of what is made from published figures: it may lie half-way between two of them.
PUBLISHED_PLACES = 2


def half_up(exact: Fraction, places: int) -> Decimal:
    """A figure in decimal places, a half upwards."""
    scaled = exact * 10**places
    whole = (scaled.numerator * 2 + scaled.denominator) // (scaled.denominator * 2)
    return Decimal(whole).scaleb(-places)


def middle(figures: Sequence[Fraction], method: Middle) -> Fraction:
    """The median or the mean of figures, exactly. There must be one at least."""
    return median(figures) if method == "median" else mean(figures)


def are_enough(published: int, of: int) -> bool:
    """Whether a figure may be made of those that are published."""
    return published >= FEWEST_PUBLISHED * of
