"""The envelope of every event: CloudEvents 1.0, structured JSON.

Source: CloudEvents specification 1.0.2, with one extension attribute of our own,
``recordedtime``: when the case system knew. ``time`` is when it happened. Extension
attributes of others (``traceparent``, ``partitionkey``) are taken as they are.
"""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, ClassVar, Generic, Literal, Self, TypeVar
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from casepulse.schemas.media_type import media_type

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


#: What a text of CloudEvents may not hold: control characters, and what is no character.
_NO_TEXT = r"\u0000-\u001f\u007f-\u009f\ufdd0-\ufdef\ufffe\uffff"
_TEXT = re.compile(f"[^{_NO_TEXT}]*")


def _value_of_an_extension(value: object) -> object:
    match value:
        case None | bool():
            return value
        case int() if -(2**31) <= value < 2**31:
            return value
        case str() if _TEXT.fullmatch(value):
            return value
    raise ValueError(
        "an extension must be a boolean, an integer of 32 bits, or a text without control "
        "characters"
    )


#: What an extension attribute may hold. Times, addresses and bytes are written as texts, and null
#: stands for no attribute at all.
Extension = Annotated[
    bool | int | str | None,
    PlainValidator(_value_of_an_extension),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "boolean"},
                {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1},
                {"type": "string", "pattern": f"^[^{_NO_TEXT}]*$"},
                {"type": "null"},
            ]
        }
    ),
]

_EXTENSION_NAME = re.compile(r"[a-z0-9]+")


def _name_of_an_extension(name: str) -> str:
    if _EXTENSION_NAME.fullmatch(name):
        return name
    raise ValueError("is no field of an event, nor an extension: those have small letters, digits")


def _json_in_utf8(said: str) -> str:
    found = media_type(said)
    if found is None or not found.is_json or not found.is_utf8:
        raise ValueError("must be JSON in UTF-8, such as application/json; charset=utf-8")
    return said


ExtensionName = Annotated[str, AfterValidator(_name_of_an_extension)]

#: The media type of an event's data: JSON, in whatever words that is said.
JsonType = Annotated[str, AfterValidator(_json_in_utf8)]

#: An address with a scheme, of whatever kind (RFC 3986).
Uri = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9+.-]*:[\x21-\x7e]+$", max_length=2048)
]


def _as_it_is_read(schema: dict[str, Any]) -> None:
    """What a model's own fields don't say: data in base64, and the names of extensions."""
    properties = schema["properties"]
    properties["data_base64"] = {
        "description": "The data, as JSON in base64. In place of `data`.",
        "contentEncoding": "base64",
        "contentMediaType": "application/json",
        "type": ["string", "null"],
    }
    schema["required"] = [name for name in schema["required"] if name != "data"]
    schema["oneOf"] = [
        {"required": ["data"], "properties": {"data_base64": {"type": "null"}}},
        {"required": ["data_base64"], "not": {"required": ["data"]}},
    ]
    schema["propertyNames"] = {"pattern": "^([a-z0-9]+|data_base64)$"}


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

    model_config = ConfigDict(extra="allow", json_schema_extra=_as_it_is_read)
    __pydantic_extra__: dict[ExtensionName, Extension]

    specversion: Literal["1.0"]
    id: Token
    source: Token
    type: str
    subject: Subject
    time: Instant
    recordedtime: Instant
    datacontenttype: JsonType | None = Field(
        default="application/json",
        description="JSON, in UTF-8; parameters may follow, as in application/json; charset=utf-8.",
    )
    dataschema: Uri | None = Field(
        default=None, description="Where the producer describes its data; it is not looked up."
    )
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
