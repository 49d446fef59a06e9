"""A release as it is kept. An official record: it is read for as long as anybody asks for it."""

from datetime import date
from typing import Any, Literal

from pydantic import AwareDatetime

from casepulse.schemas.envelope import Strict
from casepulse.schemas.publishable import Withheld
from casepulse.schemas.release import Manifest, Reading
from casepulse.schemas.source import EVERYTHING
from casepulse.schemas.stored import Format


class Cell(Strict):
    """One figure, with how many have each status."""

    measure: str
    period: str
    locality: str
    numerator: int
    denominator: int | None
    statuses: dict[str, int]


class Month(Strict):
    """The figure of one month of a series."""

    month: str
    numerator: int
    denominator: int | None
    published: str | None


class Measure(Strict):
    """All that is said of one measure."""

    measure: str
    place: int
    dashboard: str | None
    title: str
    section: str
    kind: Literal["flow", "stock"]
    better: Literal["high", "low"] | None
    aip: bool
    period: str
    numerator: int
    denominator: int | None
    published: str | None
    late: int
    target: float | None
    tolerance: float | None
    rag: Literal["green", "yellow", "red"] | None
    direction: Literal["improved", "declined", "same"] | None
    months_running: int
    comparators: dict[str, float]
    series: list[Month]
    localities: dict[str, list[Month]]
    cells: list[Cell]


class RagRule(Strict):
    """When a measure is Green, Yellow or Red."""

    tolerance: float
    far_below: float
    months_outside: int


class DisclosureRule(Strict):
    """Which counts a publishable edition withholds."""

    largest_withheld: int
    complements: bool


class MeasureSettings(Strict):
    """What the authority had set about a measure; standards in words, such as "10 working days"."""

    target: float | None
    tolerance: float | None
    aip: bool
    standards: dict[str, str]
    comparators: dict[str, float]


class MeasuresLeftOut(Strict):
    """Measures that can't be had from a source, and why."""

    why: str
    measures: list[str]


class Source(Strict):
    """What a source of the authority's own could tell."""

    title: str
    tells: dict[str, list[str]]
    assumes: dict[str, dict[str, str | bool]]
    left_out: list[MeasuresLeftOut]


class Profile(Strict):
    """The authority's profile."""

    authority: str
    localities: list[str]
    locality_of_others: str
    population: int
    look_ahead: str
    rag: RagRule
    disclosure: DisclosureRule
    teams: dict[str, str]
    measures: dict[str, MeasureSettings]
    dashboard: dict[str, list[str]] | None
    sources: list[str]
    source: dict[str, Source]


class LeftOut(Strict):
    """A measure that nobody could know the figure of, and what was not told."""

    title: str
    missing: list[str]


class StoredRelease(Strict):
    """Format 2. Its number stands in the manifest, for its bytes are what names its content."""

    authority: str
    month: str
    number: int
    kind: Literal["flash", "provisional", "final", "restated"]
    at: AwareDatetime
    known: AwareDatetime
    reason: str | None
    approved_by: str | None
    definitions: str
    profile: Profile
    measures_from: list[str]
    bank_holidays: list[date]
    not_in_sources: dict[str, LeftOut]
    facts: dict[str, int]
    measures: dict[str, Measure]


def _with_own_measures(said: dict[str, Any]) -> dict[str, Any]:
    """From 1 to 2: authorities had no measures, dashboard or sources of their own, and every
    measure was shown whatever was told."""
    profile = {**said["profile"], "dashboard": None, "sources": [EVERYTHING], "source": {}}
    return {**said, "measures_from": [], "not_in_sources": {}, "profile": profile}


def _the_same(said: dict[str, Any]) -> dict[str, Any]:
    """What did not change when the release beside it did."""
    return said


RELEASE = Format("a release", StoredRelease, {1: _with_own_measures})

#: What stands beside it. The manifest's number is that of all files of the release.
READING = Format("the reading of a release", Reading, {1: _the_same})
MANIFEST = Format("the manifest of a release", Manifest, {1: _the_same})
WITHHELD = Format("what an edition withholds", Withheld)
