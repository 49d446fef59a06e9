"""The options that choose a made-up county."""

from typing import Annotated

import typer

from casepulse.counties import Size, names

#: The county of the report, and the one of any size, among those that are installed.
JANUARY_2021, ANY = "january-2021", "any"


def _installed(name: str) -> str:
    """The name of a county that is installed.

    Raises:
        typer.BadParameter: none of that name is.
    """
    if name not in names():
        raise typer.BadParameter(f"there is no {name!r}; there are: {', '.join(names())}")
    return name


CountyOption = Annotated[
    str,
    typer.Option(
        parser=_installed,
        metavar="|".join(names()),
        help="The one of the January 2021 report, or one of any size.",
    ),
]
SeedOption = Annotated[int, typer.Option(help="Another seed, other children.")]
ChildrenOption = Annotated[
    int, typer.Option(min=1, help="About how many become known, in a county of any size.")
]
MonthsOption = Annotated[
    int, typer.Option(min=1, max=120, help="How many months a county of any size covers.")
]


def county_arguments(county: str, seed: int, size: Size | None) -> str:
    """What to tell `casepulse scenario` to print the same events; `size` where it can be any."""
    if size is None:
        return f"--county {county} --seed {seed}"
    of_size = f"--seed {seed} --children {size.children} --months {size.months}"
    return of_size if county == ANY else f"--county {county} {of_size}"
