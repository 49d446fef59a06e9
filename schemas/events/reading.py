"""From bytes to a validated event, or to the reason why not."""

import json
import re
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from functools import reduce
from operator import or_
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError, create_model

from schemas.envelope import Data, Event, Strict
from schemas.events.clock import ClockTicked
from schemas.events.correction import RecordAmended, RecordVoided
from schemas.events.facts import FACTS

#: No event is larger (bytes). Kafka's own limit is 1 MiB a message; ours are about 400 bytes.
LARGEST = 64 * 1024


class Reason(StrEnum):
    """Why a message was set aside: the closed list that dead letters carry."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NOT_UTF8 = "not_utf8"
    NOT_JSON = "not_json"
    DUPLICATE_FIELD = "duplicate_field"
    NOT_AN_EVENT = "not_an_event"
    UNKNOWN_TYPE = "unknown_type"
    INVALID = "invalid"
    IN_THE_FUTURE = "in_the_future"
    WRONG_KEY = "wrong_key"
    WRONG_PARTITION = "wrong_partition"
    FAILED = "failed"


class Unreadable(ValueError):  # noqa: N818  what it is, not what went wrong with us
    """A message that is no event, with a reason and a detail that quotes none of its values."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


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

# Built once: making an adapter costs far more than using it (PLATFORM.md: 162 µs a call).
_ANY_EVENT: Any = Annotated[reduce(or_, EVENTS.values()), Field(discriminator="type")]
_ADAPTER: TypeAdapter[Event[Any]] = TypeAdapter(_ANY_EVENT)


_FIELD_ENDS = re.compile(rb'"\s*:')
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}|\d{1,4}")


class _DuplicateFieldError(ValueError):
    pass


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        names = [name for name, _ in pairs]
        raise _DuplicateFieldError(next(name for name in names if names.count(name) > 1))
    return fields


def _count_fields(model: Strict) -> int:
    """How many fields the wire named, at every depth."""
    count = 0
    for name in model.model_fields_set:
        count += 1
        value = getattr(model, name)
        if isinstance(value, Strict):
            count += _count_fields(value)
    return count


def _refuse_duplicates(value: bytes) -> None:
    """JSON may name a field twice; which of the two was meant, nobody can know.

    Raises:
        Unreadable: a field is named twice at the same place.
    """
    try:
        json.loads(value, object_pairs_hook=_unique)
    except _DuplicateFieldError as error:
        field = _speakable(str(error))
        raise Unreadable(Reason.DUPLICATE_FIELD, f"{field}: stands twice") from None


def _speakable(name: str) -> str:
    """A field's name, if it looks like one: what might be somebody's words is not repeated."""
    return name if _NAME.fullmatch(name) else "(a field whose name is not repeated here)"


def _where(location: Iterable[int | str]) -> str:
    """A path such as data.referral, without the union's own tags."""
    return ".".join(_speakable(str(part)) for part in location if part not in EVENTS)


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
    try:
        event = _ADAPTER.validate_json(value)
    except ValidationError as error:
        raise _diagnose(value, error) from None
    # A cheap count first, never too low: the careful reading costs as much as all the rest.
    if len(_FIELD_ENDS.findall(value)) != _count_fields(event):
        _refuse_duplicates(value)
    return event


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
