"""Sums for plans: counts that print as a percentage, totals in whole parts."""

from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal


def rounded(numerator: int, denominator: int) -> int:
    """A percentage as the report prints it: halves up."""
    return (200 * numerator + denominator) // (2 * denominator)


def apportion(total: int, weights: Mapping[str, float]) -> dict[str, int]:
    """A total in whole parts, in proportion to weights: the largest remainders get one more."""
    whole = sum(weights.values())
    exact = {name: total * weight / whole for name, weight in weights.items()}
    parts = {name: int(share) for name, share in exact.items()}
    most_left = sorted(exact, key=lambda name: parts[name] - exact[name])
    for name in most_left[: total - sum(parts.values())]:
        parts[name] += 1
    return parts


def fit(
    percentages: Mapping[str, int],
    sizes: Mapping[str, Sequence[int]],
    fits: Callable[[int, int], bool],
) -> dict[str, tuple[int, int]]:
    """Numerator and denominator of each place that print as its percentage, and fit together.

    Args:
        percentages: what is printed of each place.
        sizes: the denominators that each may have, the best first.
        fits: whether a numerator and denominator of all places together are as printed.

    Raises:
        ValueError: there are none such.
    """
    reached: dict[tuple[int, int], dict[str, tuple[int, int]]] = {(0, 0): {}}
    for place, percentage in percentages.items():
        further: dict[tuple[int, int], dict[str, tuple[int, int]]] = {}
        for (numerators, denominators), chosen in reached.items():
            for size in sizes[place]:
                for many in range(size * (percentage - 1) // 100, size + 1):
                    if (rounded(many, size) == percentage) if size else not many:
                        total = numerators + many, denominators + size
                        further.setdefault(total, {**chosen, place: (many, size)})
        reached = further
    for (numerators, denominators), chosen in reached.items():
        if fits(numerators, denominators):
            return chosen
    raise ValueError("no counts print as these percentages")


def part(whole: int, percent: int) -> int:
    """The count of a whole that is nearest to a percentage."""
    return (2 * whole * percent + 100) // 200


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
