"""The envelope of every event: CloudEvents 1.0, structured JSON.

Source: CloudEvents specification 1.0.2, with one extension attribute,
``recordedtime``: when the case system knew. ``time`` is when it happened.
"""

import re
from datetime import UTC, date, datetime
from typing import Annotated, ClassVar, Generic, Literal, Self, TypeVar
from zoneinfo import ZoneInfo

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

#: Earliest and latest instants that an event may carry; outside them a date is a slip of the hand.
EARLIEST = datetime(1950, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)

LONDON = ZoneInfo("Europe/London")

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT = re.compile(_DAY.pattern + r"[Tt ]\d{2}:.*")


def _instant_written_out(value: object) -> object:
    """Pydantic would read a number in a text as seconds since 1970."""
    if isinstance(value, datetime) or (isinstance(value, str) and _INSTANT.fullmatch(value)):
        return value
    raise ValueError("must be written as 2021-01-31T09:00:00+00:00")


def _day_written_out(value: object) -> object:
    if isinstance(value, date) or (isinstance(value, str) and _DAY.fullmatch(value)):
        return value
    raise ValueError("must be written as 2021-01-31")


#: An instant with an offset from UTC (RFC 3339). A naive time is refused.
Instant = Annotated[
    AwareDatetime,
    Field(ge=EARLIEST, lt=LATEST, strict=False),
    BeforeValidator(_instant_written_out),
]

#: A day, such as of birth.
Day = Annotated[
    date,
    Field(ge=date(1900, 1, 1), lt=LATEST.date(), strict=False),
    BeforeValidator(_day_written_out),
]


def local_day(time: datetime) -> date:
    """The day in London on which something happened."""
    return time.astimezone(LONDON).date()


#: A pseudonymous key. It has no room for a name: no spaces, at most 64 characters.
Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]

#: What an event is about, and its Kafka key: the kind of case, a colon, its pseudonymous key.
Subject = Annotated[
    str,
    StringConstraints(
        pattern=r"^(child|contact|worker|household|legal_case|clock):[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
    ),
]

#: A team of the authority; the profile says which locality it belongs to.
Team = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,47}$")]

#: Letters, digits and marks without spaces: what `id` and `source` are made of.
Token = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,128}$")]


class Strict(BaseModel):
    """A model of something that crossed a wire: unknown fields and loose types are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Data(Strict):
    """What an event says, beside its envelope.

    A subclass names its CloudEvents `type` and the kinds of subject it may be about.
    """

    TYPE: ClassVar[str]
    ABOUT: ClassVar[tuple[str, ...]] = ("child",)

    team: Team | None = Field(default=None, description="The team that holds the case then.")

    def check_subject(self, kind: str) -> None:
        """Refuse what cannot be said of this kind of subject.

        Raises:
            ValueError: its message begins with the name of the field.
        """

    def check_order(self, time: datetime, told: datetime) -> None:
        """Refuse an order of dates that cannot be.

        Args:
            time: when it happened.
            told: the same; for a record that was amended, when the amendment was made.

        Raises:
            ValueError: its message begins with the name of the field.
        """


D = TypeVar("D", bound=Data)


class Event(Strict, Generic[D]):
    """One CloudEvent: `time` is when it happened, `recordedtime` when the case system knew."""

    specversion: Literal["1.0"]
    id: Token
    source: Token
    type: str
    subject: Subject
    time: Instant
    recordedtime: Instant
    datacontenttype: Literal["application/json"] = "application/json"
    data: D

    @model_validator(mode="after")
    def _possible(self) -> Self:
        kind = self.subject.partition(":")[0]
        if kind not in self.data.ABOUT:
            about = " or ".join(self.data.ABOUT)
            raise ValueError(f"subject: {self.type} is about a {about}, not a {kind}")
        self.data.check_subject(kind)
        if self.recordedtime < self.time:
            raise ValueError("recordedtime: the event was recorded before it happened (time)")
        self.data.check_order(self.time, self.time)
        return self
