"""Rules: the functions that sort a case's occurrences into statuses, and their registry.

A rule takes a case and says where each occurrence stands. It gets its standards
from the profile, asks the case what happened and the case's clock what is past,
and yields `Sorted` lines; the registry turns those into standings with the
measure, the period and the locality filled in.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from schemas.measure import Measure
from schemas.profile import Profile, ProfileError, load_profile, located
from schemas.standard import Standard
from state.calendar import month_of
from state.case import Case
from state.clock import Clock
from state.standing import AT, Standing
from state.view import CaseView

Standards = Mapping[str, Standard]


class Sorted(NamedTuple):
    """One occurrence, sorted into a status."""

    occurrence: str
    status: str
    anchor: date | None = None
    """The day that places a flow in its month. None for a stock."""
    team: str | None = None
    """The team that holds the anchor fact. None: the team that holds the case now."""
    due: date | datetime | None = None
    worker: str | None = None
    """For a measure counted by worker: whose count it adds to."""
    weight: int = 1


Rule = Callable[[CaseView, Standards], Iterable[Sorted]]

_RULES: dict[str, Rule] = {}
_MEASURES: dict[str, Measure] = {}


def measure(definition: Measure) -> Callable[[Rule], Rule]:
    """Register a measure together with its rule."""

    def register(rule: Rule) -> Rule:
        _add(definition)
        _RULES[definition.id] = rule
        return rule

    return register


def part(definition: Measure) -> None:
    """Register a measure that adds up another one's statuses in its own way."""
    whole = _MEASURES[definition.base]
    unknown = (definition.numerator | (definition.denominator or set())) - set(whole.statuses)
    if unknown:
        raise ValueError(f"{definition.id}: {whole.id} has no status {', '.join(sorted(unknown))}")
    _add(definition)


def _add(definition: Measure) -> None:
    if definition.id in _MEASURES:
        raise ValueError(f"there are two measures {definition.id}")
    _MEASURES[definition.id] = definition


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a rule said of a case, what it read to say so, and until when that stays so."""

    standings: tuple[Standing, ...]
    reads: frozenset[str]
    until: datetime


class Catalogue:
    """Every measure, with the standards of one profile.

    Raises:
        ProfileError: the profile lacks a standard that a rule asks for, or names
            a measure or a standard that there is none of.
    """

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.measures: dict[str, Measure] = dict(_MEASURES)
        self._rules = dict(_RULES)
        self._standards: dict[str, Standards] = {}
        self._check()

    def _check(self) -> None:
        for name, settings in self.profile.measures.items():
            known = self.measures.get(name)
            if known is None:
                near = ", ".join(get_close_matches(name, self.measures, n=3, cutoff=0.3))
                message = f"there is no such measure; did you mean {near}? There are: "
                message += ", ".join(self.measures)
                raise ProfileError(message, ("measures", name))
            asked, given = set(known.standards), set(settings.standards)
            if asked != given:
                wanted = ", ".join(sorted(asked)) or "none"
                said = ", ".join(sorted(given)) or "none"
                where = ("measures", name, "standards", *sorted(given - asked)[:1])
                raise ProfileError(f"wants {wanted}; the profile has {said}", where)
            for standard, asks in known.standards.items():
                if settings.standards[standard].unit not in asks.units:
                    message = f"must be counted in {' or '.join(asks.units)}"
                    raise ProfileError(message, ("measures", name, "standards", standard))
        for name, known in self.measures.items():
            if known.standards and name not in self.profile.measures:
                message = f"the profile must set: {', '.join(known.standards)}"
                raise ProfileError(message, ("measures", name, "standards"))
            self._standards[name] = self.profile.settings(name).standards

    @property
    def rules(self) -> Iterable[str]:
        """The ids of the measures that have a rule of their own."""
        return self._rules.keys()

    def view(self, case: Case, now: datetime) -> CaseView:
        """A case as it is seen at an instant."""
        return CaseView(case, Clock(now))

    def evaluate(self, rule: str, view: CaseView) -> Evaluation:
        """Run one rule on one view of a case."""
        view.begin()
        standings = tuple(self._standings(rule, view))
        return Evaluation(standings, frozenset(view.reads), view.clock.until)

    def _standings(self, rule: str, view: CaseView) -> Iterator[Standing]:
        for each in self._rules[rule](view, self._standards[rule]):
            team = each.team
            if each.worker is not None:
                group = each.worker
            else:
                if team is None:
                    team = view.team()
                group = self.profile.locality_of(team)
            period = AT if each.anchor is None else month_of(each.anchor)
            yield Standing(
                rule, each.occurrence, each.status, group, period, each.due, team, each.weight
            )


def open_catalogue(path: Path | None = None) -> Catalogue:
    """The catalogue of a profile's file; of the default profile, without one.

    Raises:
        ProfileError: it names the file, the line and what is allowed.
    """
    profile = load_profile(path)
    try:
        return Catalogue(profile)
    except ProfileError as error:
        raise located(error, path) from None
