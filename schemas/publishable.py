"""What the publishable edition of a release withholds: its record, kept beside the release."""

from typing import Literal, NamedTuple

from pydantic import field_serializer

from casepulse.schemas.envelope import Strict
from casepulse.schemas.profile import DisclosureRule


class FigureName(NamedTuple):
    """Which figure: a measure in a month (as 2021-01) and a locality or `county`."""

    measure: str
    period: str
    locality: str


#: What is not shown of a figure: nothing; its numerator and value; its denominator as well.
Withholding = Literal["nothing", "numerator", "all"]


class Withheld(Strict):
    """What an edition withholds: names of figures, and none of their counts."""

    release: str
    """The release that it is an edition of: 2021-01/2-final."""
    before: str | None
    """The release whose publishable edition came before; None if none did."""
    rule: DisclosureRule
    numerators: frozenset[FigureName]
    """Of a plain count and a rate too, whose count this is."""
    denominators: frozenset[FigureName]

    @field_serializer("numerators", "denominators")
    def _in_order(self, names: frozenset[FigureName]) -> list[FigureName]:
        return sorted(names)

    def of(self, name: tuple[str, str, str]) -> Withholding:
        """What is not shown of a figure: measure, month and locality.

        Without its denominator a figure is not shown at all, though its numerator alone need
        be no secret: a nought, say. Nor may anything be that is made from a value not shown: a
        rating, a direction to it or from it, a place in an order, a point of a chart.
        """
        if name in self.denominators:
            return "all"
        return "numerator" if name in self.numerators else "nothing"
