"""What a measure is, as data: the line of docs/measures.md that the engine follows."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Literal, Required, TypedDict, get_args

from casepulse.schemas.dashboard import Place
from casepulse.schemas.phrase import Phrase
from casepulse.schemas.source import wrong_needs
from casepulse.schemas.standard import Unit


class Section(StrEnum):
    """The sections of the report's body, in its order."""

    DEMAND = "Demand"
    CONTACT = "Contact, Referral and Assessment"
    EARLY_HELP = "Early Help"
    CHILDREN_IN_NEED = "Children in Need"
    CHILD_PROTECTION = "Child Protection"
    CHILDREN_IN_CARE = "Children in Care"
    FOSTER_CARERS = "Foster Carers"
    EDUCATION = "Education of Children in Care"
    LEAVING_CARE = "Children Leaving Care"
    MISSING = "Missing Children and Child Exploitation"
    LEGAL = "Legal Proceedings"
    WORKFORCE = "Workforce"
    DATA_QUALITY = "Data Quality"


#: A flow counts occurrences in the month of their anchor; a stock counts what is so at an instant.
Kind = Literal["flow", "stock"]

#: The months that a figure adds up: one, the last twelve, or those of the year to date: the
#: financial year (from April), the academic year (from September), its term (September to December,
#: January to April, May to August).
Window = Literal["month", "12m", "fytd", "aytd", "term"]

#: What a figure is: numerator in 100 of the denominator; numerator for each of the denominator;
#: numerator in 10,000 children of the authority. A measure without a denominator, and no rate, is a
#: plain count.
Scale = Literal["percent", "average", "rate"]


#: Which way a figure goes when things get better.
Better = Literal["high", "low"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A standard that a rule asks the profile for: what it is for, and in which units."""

    what: str
    units: tuple[Unit, ...]


def days(what: str) -> Asked:
    """A standard in whole days, however they are counted."""
    return Asked(what, ("days", "working days", "weeks", "months"))


def hours(what: str) -> Asked:
    """A standard in clock hours."""
    return Asked(what, ("hours",))


def months(what: str) -> Asked:
    """A look-back in calendar months."""
    return Asked(what, ("months",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A measure, or a part of one.

    A *rule* (see `casepulse.state.rules`) sorts each occurrence or subject into one of
    `statuses`. The numerator and the denominator are sums of statuses. A part
    names in `of` the measure whose statuses it adds up in another way.
    """

    id: str
    title: str
    section: Section
    kind: Kind
    statuses: tuple[str, ...]
    numerator: frozenset[str]
    denominator: frozenset[str] | None
    """None where the measure is a plain count, or a rate."""
    definition: str
    source: str
    better: Better | None = None
    late: frozenset[str] = frozenset()
    """The statuses of what was not done in time: done late, or overdue now.
    `casepulse.state.lateness` says what follows from it."""
    of: str | None = None
    window: Window = "month"
    standards: Mapping[str, Asked] = field(default_factory=dict)
    """The standards that its rule asks the profile for."""
    decimals: int = 0
    scale: Scale = "percent"
    about: tuple[str, ...] = ("child",)
    """The kinds of subject whose cases its rule looks at."""
    needs: tuple[str, ...] = ()
    """What has to be told for its figure to be true: types of event, such as "contact.decided", and
    of some the fields that matter, "visit.recorded: kind, method". Not said of those that come with
    casepulse: theirs stand in `casepulse/state/measures/needs.toml`."""
    needs_of_statuses: tuple[str, ...] = ()
    """What it takes besides to tell its statuses apart."""
    phrase: Phrase = field(default_factory=Phrase)
    """What the report says of it."""
    dashboard: Place | None = None
    """Where it stands on the dashboard. Not said of those that come with casepulse: theirs is the
    order of `casepulse.schemas.dashboard`."""

    def __post_init__(self) -> None:
        """See that it holds: who writes one of their own may have no type checker.

        Raises:
            ValueError: it does not; the message names the measure and what is allowed.
        """
        wrong = next(self._wrong(), None)
        if wrong is not None:
            raise ValueError(f"{self.id}: {wrong}")

    def _wrong(self) -> Iterator[str]:
        if not re.fullmatch("[a-z][a-z0-9_]*", self.id):
            yield "an id is of small letters, digits and _, and begins with a letter"
        for name, words in (("kind", Kind), ("window", Window), ("scale", Scale)):
            if getattr(self, name) not in get_args(words):
                yield f"{name} must be one of: {', '.join(get_args(words))}"
        if self.better is not None and self.better not in get_args(Better):
            yield f"better must be one of: {', '.join(get_args(Better))}, None"
        if not isinstance(self.section, Section):
            yield "section must be a Section, such as Section.CHILD_PROTECTION"
        if not isinstance(self.phrase, Phrase):
            yield "phrase must be a Phrase, such as Phrase(subject=…) or Phrase(said=…)"
        if not isinstance(self.dashboard, Place | None):
            yield "dashboard must be a Place, such as Place(Part.SEEING_CHILDREN)"
        unknown = sorted(self.population - set(self.statuses))
        if unknown:
            yield f"it has no status {', '.join(unknown)}; it has: {', '.join(self.statuses)}"
        if self.scale == "rate" and self.denominator is not None:
            yield "a rate's denominator is the profile's population"
        yield from wrong_needs((*self.needs, *self.needs_of_statuses))

    def counting(self) -> dict[str, Any]:
        """All that decides on its figure and on what is said to be counted: everything but whether
        and where it is shown, and in which words."""
        shown = ("needs", "needs_of_statuses", "phrase", "dashboard")
        return {name: each for name, each in asdict(self).items() if name not in shown}

    @property
    def is_percentage(self) -> bool:
        """Whether its figure is one, and not a count, an average or a rate."""
        return self.scale == "percent" and self.denominator is not None

    @property
    def population(self) -> frozenset[str]:
        """The statuses that it is about: those of its figure, and those that are late."""
        return self.numerator | (self.denominator or frozenset()) | self.late

    @property
    def base(self) -> str:
        """The id of the measure whose tally this one adds up."""
        return self.of or self.id


# What is said of a measure where it is defined: the fields of `Measure`. A form of measure, or the
# measure that one is a part of, says the rest.


class _SaidIfOther(TypedDict, total=False):
    kind: Kind
    statuses: tuple[str, ...]
    numerator: frozenset[str]
    denominator: frozenset[str] | None
    better: Better | None
    late: frozenset[str]
    window: Window
    standards: Mapping[str, Asked]
    decimals: int
    scale: Scale
    about: tuple[str, ...]
    needs: tuple[str, ...]
    needs_of_statuses: tuple[str, ...]
    phrase: Phrase
    dashboard: Place | None


class DefinitionOfSection(_SaidIfOther):
    """What is said of a measure whose section goes without saying."""

    id: str
    title: str
    definition: str
    source: str


class Definition(DefinitionOfSection):
    """What is said of a measure."""

    section: Section


class PartDefinition(_SaidIfOther, total=False):
    """What is said of a part of a measure: what differs from it."""

    id: Required[str]
    title: Required[str]
    definition: Required[str]
    source: str
    section: Section
