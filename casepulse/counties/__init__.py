"""Made-up counties, for looking and for testing. No child, worker or carer in one is real.

Each is found by an entry point, so that another package can bring one: in the group
`casepulse.counties`, under the name that `--county` takes, a `MadeUp`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from importlib.metadata import entry_points
from typing import Any, cast

from casepulse.schemas.envelope import Event

#: The group of entry points.
GROUP = "casepulse.counties"


@dataclass(frozen=True, slots=True)
class Size:
    """How large a county is to be, if it can be of any size."""

    children: int = 300
    """About how many become known."""
    months: int = 3
    ends: date = date(2021, 2, 1)
    """The day whose first midnight ends it."""


@dataclass(frozen=True, slots=True)
class MadeUp:
    """A county that commands can tell of."""

    events: Callable[[int, Size], Iterator[Event[Any]]]
    """From a seed, its events by the time they were recorded, with ticks of its clock. The same
    seed and size give the same events, to the byte."""
    any_size: bool = True
    """Whether it is as large as is asked for; else it has a size of its own."""
    published: bool = False
    """Whether the report of January 2021 is of it, so that the two can be compared."""


def names() -> tuple[str, ...]:
    """Those that are installed."""
    return tuple(sorted(entry_points(group=GROUP).names))


def made_up(name: str) -> MadeUp:
    """The county of a name.

    Raises:
        KeyError: there is none.
    """
    return cast(MadeUp, entry_points(group=GROUP)[name].load())
