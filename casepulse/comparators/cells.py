"""What stands in a cell of the DfE's files: a number, or a symbol that is never one."""

import re
from dataclasses import dataclass
from decimal import Decimal

#: What the DfE writes where no number is. Source: the statistics service's guidance on symbols;
#: x, u and low as the files use them.
SYMBOLS = {
    "c": "withheld: 1 to 5, or any size where it would give another away",
    "k": "below 0.5, but not nought",
    "low": "below 0.5, but not nought (workforce)",
    "u": "too unreliable to be published",
    "x": "not available",
    "z": "not applicable",
    ":": "not available (older files)",
}

_NUMBER = re.compile(r"-?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Withheld:
    """That there is no number, and why: a symbol of the DfE's, or our own words."""

    why: str


class CellError(ValueError):
    """A cell that is neither a number nor a symbol."""


def read_cell(text: str) -> Decimal | Withheld:
    """What a cell holds.

    Raises:
        CellError: neither a number nor a symbol that is known.
    """
    said = text.strip()
    if said.casefold() in SYMBOLS:
        return Withheld(said.casefold())
    if not said:
        raise CellError("is empty: the DfE writes a symbol where there is no number")
    if not _NUMBER.fullmatch(said):
        raise CellError(f"is neither a number nor one of the symbols {' '.join(SYMBOLS)}")
    number = Decimal(said.replace(",", ""))
    if number < 0:
        raise CellError("is less than nought")
    return number


@dataclass(frozen=True, slots=True, order=True)
class Year:
    """A year that figures are of."""

    ends: int
    label: str
    """2025, or 2024-25."""


def read_year(text: str) -> Year | None:
    """The year of a label: 2025, 202425, 2024/25 or 2024-25; None if it is none."""
    said = text.strip()
    if re.fullmatch(r"[0-9]{4}", said):
        return Year(int(said), said)
    spans = re.fullmatch(r"([0-9]{4})[/-]?([0-9]{2})", said)
    if spans is None or (int(spans[1]) + 1) % 100 != int(spans[2]):
        return None
    return Year(int(spans[1]) + 1, f"{spans[1]}-{spans[2]}")
