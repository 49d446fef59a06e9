"""What a source has told, as it is kept from one extract to the next: for as long as they come."""

from typing import Any, Literal

from pydantic import AwareDatetime

from casepulse.schemas.envelope import Strict
from casepulse.schemas.stored import Format


class StoredRecord(Strict):
    """A row: the last word on one fact. The file has a column for each field."""

    subject: str
    id: str
    type: str
    time: AwareDatetime
    digest: bytes
    holds: bool
    recorded: AwareDatetime


class StoredTold(Strict):
    """Format 2. What the file says of itself, beside its rows."""

    format: Literal[2] = 2
    source: str
    taken: AwareDatetime | None
    buckets: list[int] | None
    """By row group, the bucket of all its subjects (`casepulse.streams.sources.told.bucket_of`).
    None, as in format 1: they are mixed."""


def _to_2(told: dict[str, Any]) -> dict[str, Any]:
    return {**told, "format": 2, "buckets": None}


#: Their number is one: that of the file.
TOLD = Format("what a source has told", StoredTold, {1: _to_2})
TOLD_RECORD = Format("a record of what a source has told", StoredRecord)
