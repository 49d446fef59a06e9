"""What a source has told, as it is kept from one extract to the next: for as long as they come."""

from typing import Literal

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
    """Format 1. What the file says of itself, beside its rows."""

    format: Literal[1] = 1
    source: str
    taken: AwareDatetime | None


#: Their number is one: that of the file.
TOLD = Format("what a source has told", StoredTold)
TOLD_RECORD = Format("a record of what a source has told", StoredRecord)
