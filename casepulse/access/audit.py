"""The audit log: a line for each look at child-level rows, in a file that only grows.

Each line holds its own hash, which covers that of the line before it. So no line can be changed,
taken out, put in or moved without a trace (`casepulse.access.chain` finds it). Whoever can write
the file can write all of it anew, or cut off its end: against that, number and hash of each line go
to the structured log, too, which is kept elsewhere.
"""

import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import structlog

from casepulse.access.chain import BROKEN_OFF, ChainBrokenError, Ending, ending
from casepulse.access.record import Look, Record, sha256

log = structlog.get_logger()

#: Seconds to wait for others who write.
PATIENCE = 5.0

#: Bytes at the end of the file that are looked at first: a record has some 3,000 at most.
BLOCK = 16 * 1024


class AuditError(RuntimeError):
    """The log can't be written; the message says why. No row may be shown."""


class AuditLog:
    """Writes the log. Any number of threads and processes may write the same file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def check(self) -> None:
        """See to it that the file is there, is nobody else's to read, and can be written.

        Raises:
            AuditError: one of them is not so.
        """
        with self._locked() as file:
            _ending(file)

    def write(self, look: Look) -> Record:
        """Write a look down. When this returns, its line is on the disk.

        Raises:
            AuditError: it is not, or may not be.
        """
        with self._locked() as file:
            last = _ending(file)
            # A record that lacks only the end of its line is whole; any other line is closed.
            missing = b"" if not last.open else BROKEN_OFF if last.tail else b"\n"
            gap = last.tail + missing if last.tail else b""
            record = Record.of(
                number=last.head.number + 1,
                when=datetime.now(UTC),
                look=look,
                after_broken_off=sha256(gap) if gap else None,
                previous=last.head.hash,
            )
            _append(file, missing + record.line(), self._path.parent)
        log.info("audited", number=record.number, hash=record.hash)
        return record

    @contextmanager
    def _locked(self) -> Iterator[int]:
        """The file, which nobody else writes meanwhile."""
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        try:
            file = os.open(self._path, flags, 0o600)
        except OSError as error:
            raise AuditError(f"{self._path}: {error.strerror}") from None
        try:
            mode = stat.S_IMODE(os.fstat(file).st_mode)
            if mode & 0o077:
                raise AuditError(f"{self._path}: others may get at it; chmod 600 it first")
            self._lock(file)
            yield file
        except ChainBrokenError as error:
            raise AuditError(f"{self._path}: its end was changed: {error}") from None
        except OSError as error:
            raise AuditError(f"{self._path}: {error.strerror}") from None
        finally:
            os.close(file)

    def _lock(self, file: int) -> None:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    raise AuditError(f"{self._path}: another process holds it") from None
                time.sleep(0.01)
            else:
                return


def _ending(file: int) -> Ending:
    size = os.fstat(file).st_size
    block = BLOCK
    while True:
        first = max(0, size - block)
        found = ending(os.pread(file, size - first, first), whole=first == 0)
        if found is not None:
            return found
        block *= 2


def _append(file: int, content: bytes, folder: Path) -> None:
    new = os.fstat(file).st_size == 0
    while content:
        content = content[os.write(file, content) :]
    os.fsync(file)
    if new:  # its name must be on the disk, too
        entry = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(entry)
        finally:
            os.close(entry)
