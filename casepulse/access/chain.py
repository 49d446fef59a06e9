"""Reads the audit log: whether its chain holds, and what stands in it."""

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from casepulse.access.record import NOTHING_BEFORE, Record, sha256
from casepulse.schemas.errors import FailedError
from casepulse.schemas.stored import StoredError

#: What the next writer puts after a line that was broken off, so that it ends.
BROKEN_OFF = b" broken off\n"


class ChainBrokenError(FailedError):
    """The log was changed; the message says at which line, and what is wrong there."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"line {line}: {why}")
        self.line = line


@dataclass(frozen=True, slots=True)
class Head:
    """A record by its number and its hash, as the structured log has them."""

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"

    @classmethod
    def read(cls, words: str) -> "Head | None":
        """Number and hash as they are written; None if they are not that."""
        found = re.fullmatch(r"([1-9][0-9]{0,17}):([0-9a-f]{64})", words)
        return None if found is None else cls(int(found[1]), found[2])


@dataclass(frozen=True, slots=True)
class BrokenOff:
    """A line without its end. Its writing was broken off, as by a crash, and no row was shown for
    it; or it was whole, and was cut later. The file alone can't tell."""

    line: int


@dataclass(frozen=True, slots=True)
class Verified:
    """A log whose chain holds."""

    head: Head
    """The last record; its number is that of all records."""
    broken_off: tuple[int, ...]
    """The lines without their end, from 1."""


def walk(lines: Iterable[bytes]) -> Iterator[Record | BrokenOff]:
    """What the lines of a log hold, one after another, as far as the chain holds.

    Raises:
        ChainBrokenError: at the first line that is not what was written there.
        StoredError: at the first line that a later version has written.
    """
    number, previous, gap = 0, NOTHING_BEFORE, b""
    for place, line in enumerate(lines, start=1):
        try:
            record = Record.read(line)
        except StoredError as error:
            raise StoredError(f"line {place} {error}") from None
        if record is None:
            if line.endswith(b"\n") and not line.endswith(BROKEN_OFF):
                raise ChainBrokenError(place, "it was changed: its hash is not that of its content")
            gap += line
            yield BrokenOff(place)
            continue
        if record.number != number + 1:
            why = f"it is number {record.number} where {number + 1} was due: lines are missing, "
            raise ChainBrokenError(place, why + "were put in, or stand in another order")
        if record.previous != previous:
            raise ChainBrokenError(place, "it does not follow from the line before it")
        if record.after_broken_off != (sha256(gap) if gap else None):
            why = "what stands before it, broken off, is not what stood there when it was written"
            raise ChainBrokenError(place, why)
        number, previous, gap = record.number, record.hash, b""
        yield record


def verify(path: Path, *heads: Head) -> Verified:
    """Check all of a log.

    Args:
        path: the log.
        heads: records that must be there.

    Raises:
        ChainBrokenError: it was changed; or it does not have one of those records: its end was cut
            off, or it was written anew.
        OSError: it can't be read.
    """
    found, broken_off = Head(0, NOTHING_BEFORE), []
    lines = 0
    with path.open("rb") as file:
        for lines, each in enumerate(walk(file), start=1):
            if isinstance(each, BrokenOff):
                broken_off.append(each.line)
                continue
            found = Head(each.number, each.hash)
            if any(head.number == found.number and head != found for head in heads):
                why = f"number {found.number} is not the one that was written: the log is another"
                raise ChainBrokenError(lines, why)
    latest = max((head.number for head in heads), default=0)
    if latest > found.number:
        why = f"the log ends with number {found.number}, and number {latest} was written"
        raise ChainBrokenError(lines + 1, why + ": its end was cut off")
    return Verified(found, tuple(broken_off))


@dataclass(frozen=True, slots=True)
class Ending:
    """How a log ends, for whoever writes next."""

    head: Head
    tail: bytes
    """What stands after the last record: nothing, or what was broken off."""
    open: bool
    """Whether the last line, record or not, lacks its end."""


def ending(content: bytes, *, whole: bool) -> Ending | None:
    """How a log ends.

    Args:
        content: its last bytes.
        whole: whether these are all of it.

    Returns:
        None if more of it must be read to say so.

    Raises:
        ChainBrokenError: its end was changed. The line is counted from the end, as -1.
    """
    lines = list(io.BytesIO(content))
    first = 0 if whole else 1
    tail = b""
    unended = bool(content) and not content.endswith(b"\n")
    for place in range(len(lines) - 1, first - 1, -1):
        line = lines[place]
        record = Record.read(line)
        if record is not None:
            return Ending(Head(record.number, record.hash), tail, unended)
        if line.endswith(b"\n") and not line.endswith(BROKEN_OFF):
            raise ChainBrokenError(place - len(lines), "it was changed")
        tail = line + tail
    return Ending(Head(0, NOTHING_BEFORE), tail, unended) if whole else None
