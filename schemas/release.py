"""A release: the figures of a month, as at its end and as known at a cut, frozen."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AwareDatetime, Field, StringConstraints, field_validator, model_validator

from casepulse.schemas.envelope import Strict
from casepulse.schemas.profile import Profile
from casepulse.schemas.view import MeasureView

Month = Annotated[str, StringConstraints(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class Kind(StrEnum):
    """How ripe a release is."""

    FLASH = "flash"
    """At the midnight that ends the month: what was known then."""
    PROVISIONAL = "provisional"
    """With what was recorded since."""
    FINAL = "final"
    """The mature cut, which the formal report prints."""
    RESTATED = "restated"
    """Made again after the final one, for a reason that somebody approved."""


class Announcement(Strict):
    """What is told of a release: on its topic, and in Redis beside its figures."""

    name: str
    content: str
    """SHA-256 of the release's bytes."""
    authority: str
    month: Month
    kind: Kind
    at: AwareDatetime
    known: AwareDatetime
    reason: Words | None
    approved_by: Words | None
    definitions: str


class LeftOut(Strict):
    """A measure that nobody could know the figure of."""

    title: str
    missing: list[str]
    """The types of event, and of some the fields, that it needs and that no source told."""


class Release(Strict):
    """Everything that a release says. The same facts, standards and cut give the same bytes."""

    authority: str
    month: Month
    number: Annotated[int, Field(ge=1)]
    """Counts the releases of a month from 1."""
    kind: Kind
    at: AwareDatetime
    """The first instant after the month: what happened before it counts."""
    known: AwareDatetime
    """The cut: only what was recorded before it counts."""
    reason: Words | None = None
    """Why a restated release was made."""
    approved_by: Words | None = None
    """Who approved it: a role, not a name."""
    definitions: str
    """The version of the measures and the profile, as in the live view."""
    profile: Profile
    """The whole of it, so that a later `diff` can tell what a changed standard did: all but which
    modules are to be imported."""
    measures_from: list[str] = Field(default_factory=list)
    """Which those were. They are told here, where nothing imports them: what was kept decides on
    no code that is run."""
    bank_holidays: list[date]
    """The calendar's, from the first month of the series to a year after the last."""
    not_in_sources: dict[str, LeftOut] = Field(default_factory=dict)
    """By id, the measures that are left out, for nobody told what they need."""
    facts: dict[str, int]
    """How many facts of each type were known, each counted once however often it was told."""
    measures: dict[str, MeasureView]
    """Every measure, in the report's order."""

    @field_validator("profile")
    @classmethod
    def _names_no_code(cls, profile: Profile) -> Profile:
        return profile.model_copy(update={"measures_from": []})

    @property
    def name(self) -> str:
        """How people call it, and its folder: 2021-01/2-final."""
        return f"{self.month}/{self.number}-{self.kind}"

    @model_validator(mode="after")
    def _reasoned(self) -> Self:
        if (self.kind is Kind.RESTATED) != (self.reason is not None):
            raise ValueError("reason: a restated release has one, and no other has")
        if (self.kind is Kind.RESTATED) != (self.approved_by is not None):
            raise ValueError("approved_by: a restated release was approved, and no other is")
        return self


class Reading(Strict):
    """What was read to make a release. It is no part of the release: the same facts may be told
    twice, in another order, in another topic."""

    read_to: dict[str, int]
    """By part of the source, such as a partition of the topic: the offset after the last read."""
    messages: int
    repeated: int
    """Told again, word for word or by an earlier telling of the same record."""
    unreadable: int
    """No events: they are among the dead letters."""
    unknown_yet: int
    """Recorded at the cut or later."""


class Manifest(Strict):
    """What a release consists of; written last, so that without it there is no release."""

    format: int = 1
    """In which its files are written: see `casepulse.schemas.stored`."""
    name: str
    content: str
    """SHA-256 of `release.json`: two releases with the same one say the same."""
    files: dict[str, str]
    """SHA-256 of each file."""
