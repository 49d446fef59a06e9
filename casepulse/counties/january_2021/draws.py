"""Small draws that several areas make: a day between two, how many print as a percentage."""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random


def day_between(first: date, last: date, chance: Random) -> date:
    """A day of a stretch, its first and last day included."""
    return first + timedelta(days=chance.randint(0, (last - first).days))


def percent_of(printed: str, whole: int) -> int:
    """How many of a whole print as a percentage, such as "99.2%": the count nearest to it.

    Raises:
        ValueError: no count prints so.
    """
    told = Decimal(printed.rstrip("%"))
    many = int((whole * told / 100).quantize(Decimal(1), ROUND_HALF_UP))
    if whole and (Decimal(100 * many) / whole).quantize(told, ROUND_HALF_UP) != told:
        raise ValueError(f"no count of {whole} prints as {printed}")
    return many
