"""From bytes to a validated event, or to the reason why not."""

import re
from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field, TypeAdapter, ValidationError, create_model

from casepulse.schemas.envelope import Data, Event, Strict
from casepulse.schemas.events.clock import ClockTicked
from casepulse.schemas.events.content import PACKED, Headers, as_structured, with_plain_data
from casepulse.schemas.events.correction import RecordAmended, RecordVoided
from casepulse.schemas.events.facts import FACTS
from casepulse.schemas.events.refusals import (
    LARGEST,
    Reason,
    Unreadable,
    refuse_duplicates,
    speakable,
)


def event_model(data: type[Data]) -> type[Event[Any]]:
    """The model of the whole event that carries `data`: its envelope with the type fixed."""
    fixed: Any = Literal[data.TYPE]
    return create_model(
        f"{data.__name__}Event",
        __base__=Event[data],  # type: ignore[valid-type]
        __doc__=data.__doc__,
        type=(fixed, data.TYPE),
    )


_TOLD: tuple[type[Data], ...] = (*FACTS, RecordAmended, RecordVoided, ClockTicked)

#: The model of each event by its CloudEvents type.
EVENTS: dict[str, type[Event[Any]]] = {data.TYPE: event_model(data) for data in _TOLD}

# Built once: making an adapter costs far more than using it (162 µs a call).
_ANY_EVENT: Any = Annotated[reduce(or_, EVENTS.values()), Field(discriminator="type")]
_ADAPTER: TypeAdapter[Event[Any]] = TypeAdapter(_ANY_EVENT)


#: What is kept of an event.
_KEPT = {"specversion", "id", "source", "type", "subject", "time", "recordedtime", "data"}

#: What may stand there as well, if it says what goes without saying.
_KEPT_AS_IT_CAME = _KEPT | {"datacontenttype"}

_FIELD_ENDS = re.compile(rb'"\s*:')


def _count_fields(model: Strict) -> int:
    """How many fields the wire named, at every depth."""
    count = 0
    for name in model.model_fields_set:
        count += 1
        value = getattr(model, name)
        if isinstance(value, Strict):
            count += _count_fields(value)
    return count


def _where(location: Iterable[int | str]) -> str:
    """A path such as data.referral, without the union's own tags."""
    return ".".join(speakable(str(part)) for part in location if part not in EVENTS)


def _explain(error: ValidationError) -> Unreadable:
    problems = error.errors(include_url=False, include_context=True, include_input=False)
    first = problems[0]
    match first["type"]:
        case "json_invalid":
            # serde's message speaks of line and column, never of content
            return Unreadable(Reason.NOT_JSON, first["msg"])
        case "union_tag_not_found" if not first["loc"]:
            return Unreadable(Reason.NOT_AN_EVENT, "type: is missing")
        case "union_tag_invalid" if not first["loc"]:
            return Unreadable(Reason.UNKNOWN_TYPE, "type: is none that is known")
        case kind if kind.endswith("_type") and not first["loc"]:
            return Unreadable(Reason.NOT_AN_EVENT, "is JSON, but no object")
    details = []
    for problem in problems[:5]:
        where = _where(problem["loc"])
        # Pydantic repeats the type it did not find.
        tag = problem["type"].startswith("union_tag_")
        what = "type: is missing or unknown" if tag else problem["msg"]
        what = what.removeprefix("Value error, ")
        details.append(f"{where}: {what}" if where else what)
    if len(problems) > 5:
        details.append(f"and {len(problems) - 5} more")
    return Unreadable(Reason.INVALID, "; ".join(details))


def read_event(value: bytes | None) -> Event[Any]:
    """Read one message.

    Args:
        value: structured-mode CloudEvents JSON, UTF-8, at most `LARGEST` bytes.

    Raises:
        Unreadable: with one of `Reason` and a detail that names the field.
    """
    if not value or value.isspace():
        raise Unreadable(Reason.EMPTY, "the message has no content")
    if len(value) > LARGEST:
        raise Unreadable(Reason.TOO_LARGE, f"{len(value)} bytes; the most is {LARGEST}")
    value = with_plain_data(value)
    try:
        event = _ADAPTER.validate_json(value)
    except ValidationError as error:
        raise _diagnose(value, error) from None
    # A cheap count first, never too low: the careful reading costs as much as all the rest.
    if len(_FIELD_ENDS.findall(value)) != _count_fields(event):
        refuse_duplicates(value)
    return event


class Told(NamedTuple):
    """What a message tells, and how that is kept."""

    event: Event[Any]
    kept: bytes
    """The event as structured JSON, for `read_event`: what figures are made of, and no more. As it
    came, unless it came in binary or with attributes that no figure asks for. Extensions are not
    kept: they have room for words where there must be none, and versions before do not know
    them."""


def read_message(value: bytes | None, headers: Headers) -> Told:
    """Read one message of Kafka, in structured or in binary mode.

    Args:
        value: structured-mode CloudEvents JSON; in binary mode the data, as JSON.
        headers: the message's.

    Raises:
        Unreadable: as `read_event`, and for forms that are not read.
    """
    structured = as_structured(value, headers)
    event = read_event(structured)
    assert structured is not None  # or it could not have been read
    plain = (
        event.model_fields_set <= _KEPT_AS_IT_CAME and event.datacontenttype == "application/json"
    )
    if plain and PACKED not in structured:
        return Told(event, structured)
    return Told(event, event.model_dump_json(exclude_none=True, include=_KEPT).encode())


def _diagnose(value: bytes, error: ValidationError) -> Unreadable:
    try:
        value.decode()
    except UnicodeDecodeError as decoding:
        return Unreadable(Reason.NOT_UTF8, f"byte {decoding.start} is no UTF-8")
    return _explain(error)


def make_event(
    data: Data,
    *,
    id: str,  # noqa: A002  CloudEvents' own name for it
    source: str,
    subject: str,
    time: datetime,
    recorded: datetime,
) -> Event[Any]:
    """The event that tells `data`, validated.

    Raises:
        pydantic.ValidationError: it could not have been read back.
    """
    return EVENTS[data.TYPE](
        specversion="1.0",
        id=id,
        source=source,
        type=data.TYPE,
        subject=subject,
        time=time,
        recordedtime=recorded,
        data=data,
    )


def write_event(event: Event[Any]) -> bytes:
    """One line of JSON, without a line feed; what is not known is left out."""
    return event.model_dump_json(exclude_none=True).encode()
