"""What a measure yields, and how a list of measures is kept."""

from collections.abc import Callable, Iterator

from tests.second.life import Life

#: The period (a month, or `at`), the locality, the status.
Standing = tuple[str, str, str]
Counted = Callable[[Life], Iterator[Standing]]

#: Every measure, by its id; and which kinds of subject it is about.
MEASURES: dict[str, tuple[str, Counted]] = {}


def measure(name: str, about: str = "child") -> Callable[[Counted], Counted]:
    """Enter a function as the second computation of a measure."""

    def enter(function: Counted) -> Counted:
        MEASURES[name] = (about, function)
        return function

    return enter
