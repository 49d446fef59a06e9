"""A line of the audit log: canonical JSON that ends with its own hash."""

import hashlib
from contextlib import suppress
from enum import StrEnum
from typing import Annotated, Literal, Self

import orjson
from pydantic import AwareDatetime, Field, StringConstraints, ValidationError

from casepulse.access.grants import Asked
from casepulse.schemas.envelope import Strict
from casepulse.schemas.stored import check_number, number_of

Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]

#: The number of the format of lines. From 2 on they say so, under `format`.
RECORD_FORMAT = 1

#: What the first line gives as the hash of the line before it.
NOTHING_BEFORE = "0" * 64


class Outcome(StrEnum):
    """What became of a look."""

    SHOWN = "shown"
    DENIED = "denied"


class Who(Strict):
    """Somebody, as the OpenID provider calls them."""

    issuer: str
    subject: str


class Look(Strict):
    """One look at a list, or the attempt."""

    who: Who
    list: str
    """The measure whose list it is."""
    form: Literal["page", "csv", "due", "explain", "dead-letters"]
    """A page of the list, its file, or the command that showed lines of it."""
    asked: Asked
    """Which lines were asked for."""
    order: str
    """The column that they are sorted by, with a minus before it if downwards."""
    page: Annotated[int, Field(ge=0)]
    """Which page of the list, from 1; 0 is the whole."""
    rows: Annotated[int, Field(ge=0)]
    """How many lines were shown."""
    outcome: Annotated[Outcome, Field(strict=False)]
    reason: str
    """Why, in their own words; empty where a look was denied before they were asked."""


class Record(Strict):
    """A look as it is written down."""

    number: Annotated[int, Field(ge=1)]
    """Counts from 1, without a gap."""
    when: Annotated[AwareDatetime, Field(strict=False)]
    look: Look
    after_broken_off: Hash | None
    """The hash of what stands between the record before and this one, where a writing was broken
    off; else None."""
    previous: Hash
    """The hash of the record before."""
    hash: Hash
    """That of all the above."""

    @classmethod
    def of(
        cls,
        number: int,
        when: AwareDatetime,
        look: Look,
        after_broken_off: str | None,
        previous: str,
    ) -> Self:
        """The record of a look, with its hash."""
        unsigned = cls(
            number=number,
            when=when,
            look=look,
            after_broken_off=after_broken_off,
            previous=previous,
            hash=NOTHING_BEFORE,
        )
        return unsigned.model_copy(update={"hash": unsigned.hash_of_content()})

    @classmethod
    def read(cls, line: bytes) -> Self | None:
        """The record that a line holds; None if it holds none, or not byte for byte.

        Raises:
            StoredError: a later version has written it.
        """
        with suppress(ValueError, AttributeError, TypeError):
            check_number("a line of the audit log", number_of(line), RECORD_FORMAT)
        try:
            record = cls.model_validate_json(line)
        except ValidationError:
            return None
        whole = record.line().rstrip(b"\n") == line.rstrip(b"\n")
        return record if whole and record.hash == record.hash_of_content() else None

    def line(self) -> bytes:
        """As it stands in the file, its end included."""
        return _canonical(self.model_dump(mode="json")) + b"\n"

    def hash_of_content(self) -> str:
        """What `hash` must be."""
        return sha256(_canonical(self.model_dump(mode="json", exclude={"hash"})))


def sha256(content: bytes) -> str:
    """As hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def _canonical(content: object) -> bytes:
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
