"""The made-up counties that commands can tell of, and the options that choose one."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

import typer

from casepulse.schemas.envelope import Event
from casepulse.streams.sources.january_2021 import january_2021
from casepulse.streams.sources.scenario import scenario

#: The day whose first midnight ends a county of any size, where nobody says otherwise.
ENDS = date(2021, 2, 1)


class CountyKind(StrEnum):
    """Which made-up county."""

    JANUARY_2021 = "january-2021"
    ANY = "any"


CountyOption = Annotated[
    CountyKind,
    typer.Option(help="The one of the January 2021 report, or one of any size."),
]
SeedOption = Annotated[int, typer.Option(help="Another seed, other children.")]
ChildrenOption = Annotated[
    int, typer.Option(min=1, help="About how many become known, in a county of any size.")
]
MonthsOption = Annotated[
    int, typer.Option(min=1, max=120, help="How many months a county of any size covers.")
]


def county_events(
    county: CountyKind, seed: int, children: int, months: int, ends: date = ENDS
) -> Iterator[Event[Any]]:
    """The events of a county, by the time they were recorded."""
    if county is CountyKind.JANUARY_2021:
        return january_2021(seed)
    return scenario(seed=seed, children=children, months=months, ends=ends)


def county_arguments(county: CountyKind, seed: int, children: int, months: int) -> str:
    """What to tell `casepulse scenario` to print the same events."""
    if county is CountyKind.JANUARY_2021:
        return f"--county {county.value} --seed {seed}"
    return f"--seed {seed} --children {children} --months {months}"
