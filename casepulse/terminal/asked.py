"""What people ask for by name, and what they may have meant where there is no such thing."""

from collections.abc import Collection
from difflib import get_close_matches

import typer

from casepulse.schemas.measure import Measure
from casepulse.state import Catalogue

#: How many names are offered.
_MOST = 3


def known(what: str, name: str, names: Collection[str], lists: str = "") -> str:
    """A name that there is.

    Args:
        what: of what, as "measure".
        name: what was asked for.
        names: what there is.
        lists: the command that lists them; without one they are named here.

    Raises:
        typer.BadParameter: there is none; the message offers those that are like it.
    """
    if name in names:
        return name
    by_folded = {each.casefold(): each for each in names}
    near = get_close_matches(name.casefold(), by_folded, _MOST)
    meant = " or ".join(by_folded[each] for each in near)
    told = f"there is no {what} {name!r}; " + (f"did you mean {meant}? " if meant else "")
    if lists:
        raise typer.BadParameter(f"{told}`{lists}` lists them")
    raise typer.BadParameter(f"{told}there are: {', '.join(names)}")


def known_measure(name: str, catalogue: Catalogue) -> Measure:
    """The measure of a name.

    Raises:
        typer.BadParameter: there is none.
    """
    return catalogue.measures[known("measure", name, catalogue.measures, "casepulse measures")]
