"""Figures as the cells of a table show them: "90%", "2,449", "[c]", "[z]"."""

from decimal import Decimal

from casepulse.shown.blocks import FigureName, Rag, Unit, Value
from casepulse.shown.figures import Shown, ShownMeasure
from casepulse.shown.marks import NOT_AVAILABLE, WITHHELD

EMPTY = Value("")


def number_words(number: Decimal | int, unit: Unit) -> str:
    """A number as people read it: with commas, and of a percentage the sign."""
    return f"{number:,}{'%' if unit == 'percent' else ''}"


def target_words(target: Decimal, unit: Unit) -> str:
    """A target or a comparator as people read it, without noughts that say nothing: "85%"."""
    return f"{target.normalize():,f}{'%' if unit == 'percent' else ''}"


def value_of(figure: Shown, *, rag: Rag | None = None) -> Value:
    """The figure itself."""
    return _number(figure, figure.value, figure.unit, of=figure.name, rag=rag)


def numerator_of(figure: Shown) -> Value:
    """What was counted; of a plain count nothing, for that is its value."""
    plain = figure.unit == "count"
    return EMPTY if plain else _number(figure, figure.numerator, "count")


def denominator_of(figure: Shown) -> Value:
    """What it was counted out of; nothing, of a plain count."""
    if figure.unit == "count":
        return EMPTY
    if figure.withheld == "all":
        return Value(WITHHELD, unit="count")
    assert figure.denominator is not None
    return _counted(figure.denominator)


def target_of(measure: ShownMeasure) -> Value:
    """The target, where there is one."""
    if measure.target is None:
        return EMPTY
    return Value(target_words(measure.target, measure.unit), measure.target, measure.unit)


def rag_of(measure: ShownMeasure) -> Value:
    """The colour, as a word, where there is one."""
    return Value((measure.rag or "").capitalize(), rag=measure.rag)


def title_of(measure: ShownMeasure, words: str = "") -> Value:
    """The heading of a measure's row: bold where it is in the Accelerated Improvement Plan."""
    return Value(words or measure.title, bold=measure.view.aip)


def _number(
    figure: Shown,
    number: Decimal | int | None,
    unit: Unit,
    *,
    of: FigureName | None = None,
    rag: Rag | None = None,
) -> Value:
    if figure.withheld != "nothing":
        return Value(WITHHELD, unit=unit, of=of)
    if number is None:
        return Value(NOT_AVAILABLE, unit=unit, of=of)
    return Value(number_words(number, unit), Decimal(number), unit, of, rag)


def _counted(number: int) -> Value:
    return Value(number_words(number, "count"), Decimal(number), "count")
