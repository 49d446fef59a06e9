"""Rules: the functions that sort a case's occurrences into statuses.

A rule takes a case and says where each occurrence stands. It gets its standards
from the profile, asks the case what happened and the case's clock what is past,
and yields `Sorted` lines; the catalogue turns those into standings with the
measure, the period and the locality filled in.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any, NamedTuple, Unpack

from casepulse.schemas.dashboard import with_own
from casepulse.schemas.errors import WrongError
from casepulse.schemas.measure import Measure, PartDefinition, Section
from casepulse.schemas.phrase import Phrase
from casepulse.schemas.profile import Profile, ProfileError
from casepulse.schemas.source import Feed
from casepulse.schemas.standard import Standard
from casepulse.state.calendar import month_of
from casepulse.state.case import Case
from casepulse.state.clock import Clock
from casepulse.state.kinds import Kinds
from casepulse.state.lateness import Lateness, lateness_of
from casepulse.state.standing import AT, Standing
from casepulse.state.view import CaseView

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
    """When it falls due, while it is still to be done. None once it is done."""
    group: str | None = None
    """Where the measure has a `Regroup`: the worker, the team or whatever it counts by first."""
    weight: int = 1


class RuleError(WrongError):
    """A rule that does otherwise than its definition says; the message names it."""


Rule = Callable[[CaseView, Standards], Iterable[Sorted]]

Counts = Mapping[str, int]

#: Sorts what was counted by worker, by team or the like into localities and the measure's statuses.
#: It gets the status counts of each group of all partitions together, the standards, and the
#: profile's way from a team to its locality.
Regroup = Callable[
    [Mapping[str, Counts], Standards, Callable[[str | None], str]], dict[str, dict[str, int]]
]


class Measures:
    """Some measures with their rules: those of a module, or of all modules together."""

    def __init__(self) -> None:
        self.definitions: dict[str, Measure] = {}
        """By id, in the order in which they were added."""
        self.rules: dict[str, Rule] = {}
        self.regroups: dict[str, Regroup] = {}

    @classmethod
    def together(cls, *of: "Measures") -> "Measures":
        """All of some.

        Raises:
            ValueError: two have the same id.
        """
        every = cls()
        for each in of:
            for definition in each.definitions.values():
                every._add(definition)
            every.rules |= each.rules
            every.regroups |= each.regroups
        return every

    def measure(
        self, definition: Measure, regroup: Regroup | None = None
    ) -> Callable[[Rule], Rule]:
        """Add a measure together with its rule.

        Args:
            definition: what it is, as data.
            regroup: for what is counted across cases first, children per worker, say: how the
                groups' counts become the measure's. Its rule then names a `group` in all that it
                yields.
        """

        def add(rule: Rule) -> Rule:
            self._add(definition)
            self.rules[definition.id] = rule
            if regroup is not None:
                self.regroups[definition.id] = regroup
            return rule

        return add

    def needing(
        self, needs: Mapping[str, Iterable[str]], of_statuses: Mapping[str, Iterable[str]]
    ) -> "Measures":
        """The same measures, with what they need to be told, by id: for their figures, and to tell
        their statuses apart.

        Raises:
            ValueError: there is no such measure, type of event, or field of it.
        """
        if unknown := (needs.keys() | of_statuses.keys()) - self.definitions.keys():
            raise ValueError(f"there is no measure {', '.join(sorted(unknown))}")
        every = Measures.together(self)
        for name, measure in every.definitions.items():
            every.definitions[name] = replace(
                measure,
                needs=tuple(needs.get(name, ())),
                needs_of_statuses=tuple(of_statuses.get(name, ())),
            )
        return every

    def part(self, of: str, **said: Unpack[PartDefinition]) -> None:
        """Add a measure that adds up another one's statuses in its own way.

        Args:
            of: the measure whose statuses they are; it is there already.
            said: what differs from it. Neither side is the better one and no status is late,
                unless said here.
        """
        if of not in self.definitions:
            raise ValueError(f"{said['id']}: there is no measure {of} here that it is a part of")
        whole = self.definitions[of]
        fields: dict[str, Any] = {
            "better": None,
            "late": frozenset(),
            "source": f"As {of}",
            "phrase": Phrase(),
            "dashboard": None,
            **said,
        }
        definition = replace(whole, of=of, standards={}, **fields)
        if whole.of is not None:
            raise ValueError(f"{definition.id}: {of} is itself a part, of {whole.of}")
        self._add(definition)

    def module_of(self, measure: str) -> str:
        """The module in which a measure's rule is written."""
        return self.rules[self.definitions[measure].base].__module__

    def _add(self, definition: Measure) -> None:
        if definition.id in self.definitions:
            raise ValueError(f"there are two measures {definition.id}")
        self.definitions[definition.id] = definition


class Evaluation(NamedTuple):
    """What a rule said of a case, what it read to say so, and until when that stays so."""

    standings: tuple[Standing, ...]
    reads: Kinds
    until: datetime


def _dashboard(measures: Measures, profile: Profile) -> dict[str, tuple[str, ...]]:
    """By part, the measures that are to stand on the dashboard: those that the profile names, or
    those that do by their definitions.

    Raises:
        ProfileError: there is no such measure, it stands there already, or not where its
            definition wants to put another.
    """
    if profile.dashboard is None:
        definitions = measures.definitions.values()
        places = ((each.id, each.dashboard) for each in definitions if each.dashboard)
        try:
            return with_own(places)
        except ValueError as error:
            raise ProfileError(str(error), ("measures_from",)) from None
    seen = set[str]()
    for part, names in profile.dashboard.items():
        for name in names:
            if name not in measures.definitions:
                near = _near(name, measures.definitions)
                hint = f"did you mean {near}?" if near else "casepulse measures lists them"
                raise ProfileError(f"there is no measure {name}; {hint}", ("dashboard", part))
            if name in seen:
                raise ProfileError(f"{name} stands on it twice", ("dashboard", part))
            seen.add(name)
    return {part: tuple(names) for part, names in profile.dashboard.items()}


def _near(name: str, names: Iterable[str]) -> str:
    """The names that are most like one that there is none of."""
    return ", ".join(get_close_matches(name, names, n=3, cutoff=0.3))


def _unsaid(measure: Measure, profile: Profile) -> tuple[str, ...]:
    """What a measure needs of the profile, and that does not say."""
    if measure.scale == "rate" and profile.population is None:
        return ("how many children live here (population, in the profile)",)
    return ()


class Catalogue:
    """Some measures, with the standards of one profile: those that its sources can feed.

    Args:
        measures: which, with their rules.
        profile: whose standards.
        only: none but these measures, such as those that a release of before has; None: all.

    Raises:
        ProfileError: the profile lacks a standard that a rule asks for, or names
            a measure or a standard that there is none of; or the dashboard can't be made.
    """

    def __init__(
        self, measures: Measures, profile: Profile, only: Container[str] | None = None
    ) -> None:
        self.profile = profile
        asked = {
            name: measure
            for name, measure in measures.definitions.items()
            if only is None or name in only
        }
        feed = Feed(profile.fed_by.values())
        self.not_in_sources = {
            name: missing
            for name, measure in asked.items()
            if (missing := feed.missing_for(name, measure.needs) or _unsaid(measure, profile))
        }
        """Measures that are left out, for nobody tells what they need; and what of that."""
        self.not_told_apart = {
            name: missing
            for name, measure in asked.items()
            if name not in self.not_in_sources
            and (missing := feed.missing_for(name, measure.needs_of_statuses))
        }
        """What is missing to tell the statuses of a measure apart, whose figure is true."""
        self.left_out = {name: asked[name] for name in self.not_in_sources}
        """What those are."""
        there = {name: each for name, each in asked.items() if name not in self.not_in_sources}
        self.dashboard = {
            part: here
            for part, names in _dashboard(measures, profile).items()
            if (here := tuple(name for name in names if name in there))
        }
        """By part, in order, the ids of the measures that stand on the dashboard."""
        self.part_of = {name: part for part, names in self.dashboard.items() for name in names}
        """The part of the dashboard that a measure stands in; of the others, none."""
        sections = list(Section)
        rest = sorted(
            (name for name in there if name not in self.part_of),
            key=lambda name: sections.index(there[name].section),
        )
        self.measures = {name: there[name] for name in (*self.part_of, *rest)}
        """In the order of the report: those of its dashboard, then the rest by section."""
        self.regroups: dict[str, Regroup] = dict(measures.regroups)
        self._wholes = {
            each.base: measures.definitions[each.base] for each in self.measures.values()
        }
        self.lateness_by_rule = lateness_of(self.measures, self._wholes)
        self._lateness = {
            each.measure.id: each for of_rule in self.lateness_by_rule.values() for each in of_rule
        }
        self._rules = {name: rule for name, rule in measures.rules.items() if name in self._wholes}
        self._standards: dict[str, Standards] = {}
        kinds = {kind for whole in self._wholes.values() for kind in whole.about}
        self._about = {
            kind: tuple(rule for rule in self._rules if kind in self._wholes[rule].about)
            for kind in kinds
        }
        self._check({**asked, **self._wholes})

    def _check(self, every: Mapping[str, Measure]) -> None:
        for name, settings in self.profile.measures.items():
            known = every.get(name)
            if known is None:
                near = _near(name, every)
                message = f"there is no such measure; did you mean {near}? There are: "
                message += ", ".join(every)
                raise ProfileError(message, ("measures", name))
            for what, value in [("target", settings.target), *settings.comparators.items()]:
                if known.is_percentage and value is not None and value > 100:
                    path = ("target",) if what == "target" else ("comparators", what)
                    message = "is a percentage; it must be less than or equal to 100"
                    raise ProfileError(message, ("measures", name, *path))
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
        for name, known in every.items():
            if known.standards and name not in self.profile.measures:
                message = f"the profile must set: {', '.join(known.standards)}"
                raise ProfileError(message, ("measures", name, "standards"))
            self._standards[name] = self.profile.settings(name).standards

    def lateness(self, measure: str) -> Lateness | None:
        """What of a measure is late; None if it calls nothing late."""
        return self._lateness.get(measure)

    @property
    def listed(self) -> list[Lateness]:
        """The measures that have a list under their own name, in the order of the report."""
        every = (self._lateness.get(name) for name in self.measures)
        return [each for each in every if each is not None and each.has_list]

    @property
    def rules(self) -> Iterable[str]:
        """The ids of the rules that are needed: those of the measures, or of their wholes."""
        return self._rules.keys()

    @property
    def stocks(self) -> frozenset[str]:
        """Those of them that count what is so at an instant."""
        return frozenset(name for name in self._rules if self._wholes[name].kind == "stock")

    def rules_about(self, subject: str) -> tuple[str, ...]:
        """The rules that look at the case of a subject such as child:K7."""
        return self._about.get(subject.partition(":")[0], ())

    def view(self, case: Case, now: datetime) -> CaseView:
        """A case as it is seen at an instant."""
        return CaseView(case, Clock(now), self.profile.teams)

    def evaluate(self, rule: str, view: CaseView) -> Evaluation:
        """Run one rule on one view of a case."""
        view.begin()
        standings = tuple(self._standings(rule, view))
        return Evaluation(standings, view.reads, view.clock.until)

    def bring_up(self, said: dict[str, Evaluation], rules: Iterable[str], view: CaseView) -> None:
        """Let what rules said at an earlier instant be what they say now: it is, while it stays so.

        Args:
            said: what was said of the case, by rule; of a rule that is not there, nothing was.
            rules: those that are asked.
            view: the case, at this instant.
        """
        now = view.clock.now
        for rule in rules:
            known = said.get(rule)
            if known is None or known.until <= now:
                said[rule] = self.evaluate(rule, view)

    def _standings(self, rule: str, view: CaseView) -> Iterator[Standing]:
        statuses = self._wholes[rule].statuses
        for each in self._rules[rule](view, self._standards[rule]):
            team = each.team
            if each.group is not None:
                group = each.group
            else:
                if each.status not in statuses:
                    raise RuleError(
                        f"{rule}: its rule says {each.status!r}, and its definition knows only: "
                        f"{', '.join(statuses)}"
                    )
                if team is None:
                    team = view.team()
                group = self.profile.locality_of(team)
            period = AT if each.anchor is None else month_of(each.anchor)
            yield Standing(
                rule, each.occurrence, each.status, group, period, each.due, team, each.weight
            )
