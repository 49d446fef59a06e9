"""In which form an event stands in a message of Kafka: structured, binary, or a batch.

Sources: Kafka Protocol Binding for CloudEvents 1.0.2, JSON Event Format for CloudEvents 1.0.2.

Binary messages are turned into the structured JSON of the same event before anything is read, so
that all else knows one form only: reading, the changelog, the archive.
"""

import base64
import binascii
import json
from collections.abc import Iterable
from typing import Any

from pydantic_core import from_json

from casepulse.schemas.events.refusals import (
    LARGEST,
    Reason,
    Unreadable,
    refuse_duplicates,
    speakable,
)
from casepulse.schemas.media_type import MediaType, media_type

#: The headers of a message of Kafka, in their order. A name may stand more than once.
Headers = Iterable[tuple[str, bytes | None]]

#: What a structured message says of itself.
STRUCTURED: tuple[tuple[str, bytes], ...] = (
    ("content-type", b"application/cloudevents+json; charset=UTF-8"),
)

#: What the header of an attribute begins with.
PREFIX = "ce_"

#: The field of data that are told in base64.
PACKED = b'"data_base64"'

_CONTENT_TYPE = "content-type"
_FORMAT = "application/cloudevents"
_BATCH = "application/cloudevents-batch"


def as_structured(value: bytes | None, headers: Headers) -> bytes | None:
    """The event of a message as structured JSON; what is structured already, as it came.

    The header `content-type` decides, as the binding has it: a format of CloudEvents is structured,
    whatever other headers say; else a message with headers of attributes (`ce_`) is binary.
    Without either it is taken to be structured JSON, for many a producer sends no headers.

    Raises:
        Unreadable: it is in a form that is not read, or its headers are no attributes.
    """
    found = _of_cloudevents(headers)
    content = _content_type(found.pop(_CONTENT_TYPE, None))
    if content is not None and content.name.startswith(_FORMAT):
        _check_format(content)
        return value
    if not found:
        return value
    if content is not None and not content.is_json:
        raise Unreadable(
            Reason.NOT_JSON, "content-type: the data must be JSON, such as application/json"
        )
    if content is not None and not content.is_utf8:
        raise Unreadable(Reason.NOT_UTF8, "content-type: the charset must be UTF-8")
    return _composed(found, value)


def _of_cloudevents(headers: Headers) -> dict[str, bytes]:
    """The headers that speak of an event, their names in small letters."""
    found: dict[str, bytes] = {}
    for name, value in headers:
        small = name.lower()
        if value is None or (small != _CONTENT_TYPE and not small.startswith(PREFIX)):
            continue
        if small in found:
            raise Unreadable(Reason.DUPLICATE_FIELD, f"{_speakable(small)}: stands twice")
        found[small] = value
    return found


def _speakable(header: str) -> str:
    return header if header == _CONTENT_TYPE else speakable(header)


def _text(header: str, value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        where = f"{_speakable(header)}: byte {error.start} is no UTF-8"
        raise Unreadable(Reason.NOT_UTF8, where) from None


def _content_type(value: bytes | None) -> MediaType | None:
    if value is None:
        return None
    found = media_type(_text(_CONTENT_TYPE, value))
    if found is None:
        raise Unreadable(Reason.INVALID, "content-type: is no media type")
    return found


def _check_format(content: MediaType) -> None:
    if content.name.startswith(_BATCH):
        raise Unreadable(
            Reason.BATCHED,
            "content-type: a batch of events (application/cloudevents-batch) is not read; send "
            "each event in a message of its own",
        )
    if content.name not in (_FORMAT, f"{_FORMAT}+json"):
        raise Unreadable(
            Reason.NOT_JSON,
            f"content-type: of the formats of CloudEvents only {_FORMAT}+json is read",
        )
    if not content.is_utf8:
        raise Unreadable(Reason.NOT_UTF8, "content-type: the charset must be UTF-8")


def _composed(attributes: dict[str, bytes], value: bytes | None) -> bytes:
    """The structured JSON of a binary message."""
    if not value or value.isspace():
        raise Unreadable(Reason.EMPTY, "the message has no content")
    told = {
        name.removeprefix(PREFIX): _text(name, attribute) for name, attribute in attributes.items()
    }
    return _with_data(told, value)


def with_plain_data(value: bytes) -> bytes:
    """The same structured JSON, with data that are told in base64 written out.

    Raises:
        Unreadable: they are no base64, or stand there plain as well.
    """
    if PACKED not in value:
        return value
    try:
        from_json(value)  # which, unlike Python's own, minds how deep it goes
        told = refuse_duplicates(value)
    except Unreadable:
        raise
    except ValueError:
        return value  # whoever reads it says what is wrong
    if not isinstance(told, dict) or "data_base64" not in told:
        return value
    packed = told.pop("data_base64")
    if packed is None:  # CloudEvents: as if it were not there
        return json.dumps(told).encode()
    if told.pop("data", None) is not None:
        raise Unreadable(Reason.INVALID, "data_base64: stands beside data")
    try:
        if not isinstance(packed, str):
            raise ValueError
        data = base64.b64decode(packed, validate=True)
    except (ValueError, binascii.Error):
        raise Unreadable(Reason.INVALID, "data_base64: is no base64") from None
    return _with_data(told, data)


def _with_data(told: dict[str, Any], data: bytes) -> bytes:
    """Attributes and data as one object. The data must be one value by themselves: else they might
    end the object, and tell attributes of their own."""
    if len(data) > LARGEST:
        raise Unreadable(Reason.TOO_LARGE, f"{len(data)} bytes; the most is {LARGEST}")
    try:
        data.decode()
    except UnicodeDecodeError as error:
        raise Unreadable(Reason.NOT_UTF8, f"byte {error.start} is no UTF-8") from None
    try:
        from_json(data)
    except ValueError as error:
        # jiter's message speaks of line and column, never of content
        raise Unreadable(Reason.NOT_JSON, f"Invalid JSON: {error}") from None
    return json.dumps(told)[:-1].encode() + (b', "data": ' if told else b'"data": ') + data + b"}"
