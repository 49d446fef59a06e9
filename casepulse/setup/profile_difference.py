"""What differs between two profiles, setting by setting, and what that does to measures."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from casepulse.schemas.profile import Profile
from casepulse.state import Catalogue


@dataclass(frozen=True, slots=True)
class Differing:
    """One setting that two profiles say otherwise."""

    setting: str
    """As it is named in a profile: measures.cp_visits.target."""
    here: str
    """What the first says; empty: nothing."""
    there: str


@dataclass(frozen=True, slots=True)
class Moved:
    """What becomes of measures from one profile to another, by their ids."""

    figures: tuple[str, ...]
    """Another standard, or other areas: figures are others."""
    marks: tuple[str, ...]
    """Figures are the same, and their RAG, target or comparators others."""
    shown_no_more: tuple[str, ...]
    shown_now: tuple[str, ...]


#: What each locality's figures rest on.
_AREAS = ("localities", "locality_of_others", "teams")


def differing(here: Profile, there: Profile) -> Iterator[Differing]:
    """The settings that differ, in the order of a profile. What a base says counts as said."""
    left, right = (dict(_settings(each.model_dump(mode="json"))) for each in (here, there))
    for name in dict.fromkeys([*left, *right]):
        if left.get(name) != right.get(name):
            yield Differing(name, _in_words(left.get(name)), _in_words(right.get(name)))


def moved(here: Catalogue, there: Catalogue) -> Moved:
    """What becomes of each measure."""
    both = [name for name in here.measures if name in there.measures]
    areas = any(getattr(here.profile, name) != getattr(there.profile, name) for name in _AREAS)
    population = here.profile.population != there.profile.population

    def counts_otherwise(name: str) -> bool:
        of_a_rate = population and here.measures[name].scale == "rate"
        # a part is counted by the rule of its whole, and may set bands of its own
        said = ((name, here.measures[name].base), (here.profile, there.profile))
        left, right = ([each.settings(of).standards for of in said[0]] for each in said[1])
        return areas or of_a_rate or left != right

    figures = [name for name in both if counts_otherwise(name)]
    rag = here.profile.rag != there.profile.rag
    marks = [
        name
        for name in both
        if name not in figures
        and (rag or here.profile.settings(name) != there.profile.settings(name))
    ]
    return Moved(
        tuple(figures),
        tuple(marks),
        tuple(name for name in here.measures if name not in there.measures),
        tuple(name for name in there.measures if name not in here.measures),
    )


def _settings(said: Mapping[str, Any], under: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in said.items():
        if isinstance(value, Mapping):
            yield from _settings(value, f"{under}{name}.")
        else:
            yield f"{under}{name}", value


def _in_words(value: Any) -> str:
    if value is None or value in ([], False):
        return ""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
