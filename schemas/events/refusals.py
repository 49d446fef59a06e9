"""Why a message is set aside, the error that says so, and what it may say."""

import json
import re
from enum import StrEnum
from typing import Any

#: No event is larger (bytes). Kafka's own limit is 1 MiB a message; ours are about 400 bytes.
LARGEST = 64 * 1024


class Reason(StrEnum):
    """Why a message was set aside: the closed list that dead letters carry."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NOT_UTF8 = "not_utf8"
    NOT_JSON = "not_json"
    BATCHED = "batched"
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


_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}|\d{1,4}")


def speakable(name: str) -> str:
    """A field's name, if it looks like one: what might be somebody's words is not repeated."""
    return name if _NAME.fullmatch(name) else "(a field whose name is not repeated here)"


class _DuplicateFieldError(ValueError):
    pass


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        names = [name for name, _ in pairs]
        raise _DuplicateFieldError(next(name for name in names if names.count(name) > 1))
    return fields


def refuse_duplicates(value: bytes) -> Any:
    """JSON may name a field twice; which of the two was meant, nobody can know.

    Returns:
        what stands there, read.

    Raises:
        Unreadable: a field is named twice at the same place.
        ValueError: it is no JSON.
    """
    try:
        return json.loads(value, object_pairs_hook=_unique)
    except _DuplicateFieldError as error:
        raise Unreadable(Reason.DUPLICATE_FIELD, f"{speakable(str(error))}: stands twice") from None
