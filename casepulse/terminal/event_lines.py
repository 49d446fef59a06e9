"""Events from files of JSON lines: a bad line is reported and left out."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from casepulse.schemas.envelope import Event
from casepulse.schemas.errors import FailedError
from casepulse.schemas.events import Unreadable, read_event
from casepulse.schemas.events.clock import ClockTicked
from casepulse.state import Fact
from casepulse.streams.encodings import lines_of
from casepulse.terminal.screen import aside, progress


class InputError(FailedError):
    """Some of the input was bad; the rest was used."""


@dataclass(slots=True)
class Lines:
    """The events of files of JSON lines. A bad line is reported and left out."""

    files: list[Path]
    wanted: bool = True
    """Whether there must be an event: of none there is no figure, and no archive. A night on which
    there is nothing to publish is no fault."""
    bad: int = 0
    read: int = 0
    done_bytes: int = field(default=0)

    def __post_init__(self) -> None:
        """Before anything is asked of Kafka, or printed.

        Raises:
            OSError: a file is not there; the error names it.
        """
        for path in self.files:
            if str(path) != "-":
                path.stat()

    def __iter__(self) -> Iterator[tuple[Event[Any], bytes]]:
        for path in self.files:
            if str(path) == "-":
                yield from self._read("standard input", sys.stdin.buffer)
            else:
                with path.open("rb") as file:
                    yield from self._read(str(path), file)
        if self.wanted and not self.read:
            raise InputError(self._nothing())

    def _read(self, name: str, lines: BinaryIO) -> Iterator[tuple[Event[Any], bytes]]:
        for number, line in enumerate(lines_of(lines), start=1):
            self.done_bytes += len(line)
            value = line.strip()
            if not value:
                continue
            try:
                event = read_event(value)
            except Unreadable as unreadable:
                self.bad += 1
                aside.print(
                    f"{name}:{number}: {unreadable}", style="red", highlight=False, soft_wrap=True
                )
            else:
                self.read += 1
                yield event, value

    def _nothing(self) -> str:
        named = ["standard input" if str(path) == "-" else str(path) for path in self.files]
        told = f"{self.bad} bad lines" if self.bad else "no lines"
        return (
            f"{', '.join(named)}: not one event in it ({told}). Each line must be an event as "
            "JSON; `casepulse schemas` lists them, `casepulse scenario` prints some"
        )

    def size(self) -> int | None:
        """Bytes in all, where that is known."""
        if any(str(path) == "-" for path in self.files):
            return None
        return sum(path.stat().st_size for path in self.files)

    def finish(self) -> None:
        """Raise `InputError` if any line was bad."""
        if self.bad:
            raise InputError(f"bad lines left out: {self.bad}; events used: {self.read}")


def facts_of(lines: Lines) -> Iterator[Fact]:
    """The facts of the lines, with a progress bar; ticks are left out."""
    with progress() as bar:
        task = bar.add_task("bytes read", total=lines.size())
        for count, (event, _) in enumerate(lines):
            if count % 500 == 0:
                bar.update(task, completed=lines.done_bytes)
            if not isinstance(event.data, ClockTicked):
                yield Fact.of(event)
