"""The audit log: a line for each look at child-level rows, in a file that only grows.

Each line holds its own hash, which covers that of the line before it. So no line can be changed,
taken out, put in or moved without a trace (`casepulse.access.chain` finds it). That its end was cut
off, or that it is gone, is found by the head that is kept in another file, and by the process that
wrote it (`casepulse.access.kept_head`): then no line is written, and nothing is shown. Whoever can
write both files can write all of it anew: against that, number and hash of each line go to the
structured log, too, which is kept elsewhere.
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

from casepulse.access.chain import BROKEN_OFF, ChainBrokenError, Ending, Head, ending
from casepulse.access.kept_head import check_end, head_beside, keep_head, read_head
from casepulse.access.record import Look, Record, sha256
from casepulse.schemas.errors import FailedError
from casepulse.schemas.stored import StoredError

log = structlog.get_logger()

#: Seconds to wait for others who write.
PATIENCE = 5.0

#: Bytes at the end of the file that are looked at first: a record has some 3,000 at most.
BLOCK = 16 * 1024


class AuditError(FailedError):
    """The log can't be written; the message says why. No row may be shown."""


class AuditLog:
    """Writes the log. Any number of threads and processes may write the same file."""

    def __init__(self, path: Path, head: str | None = None, *, logged: bool = True) -> None:
        """
        Args:
            path: the log.
            head: where its head is kept, as `read_head` takes it; None: beside it.
            logged: whether number and hash of each line go to the structured log.
        """
        self._path = path
        self._head = head or head_beside(path)
        self._logged = logged
        self._own: Head | None = None

    def check(self) -> None:
        """See to it that the file is there, is nobody else's to read, and can be written.

        Raises:
            AuditError: one of them is not so; or its end was cut off, or it is gone.
        """
        with self._locked() as file:
            end = self._checked(file)
            if end.head.number and read_head(self._head) is None:
                log.warning("the audit log has no head; it is kept from now on", head=str(end.head))
                keep_head(self._head, end.head)

    def trouble(self) -> str:
        """Why no look can be written down now; empty, if one can."""
        try:
            self.check()
        except AuditError as error:
            return str(error)
        return ""

    def write(self, look: Look) -> Record:
        """Write a look down. When this returns, its line is on the disk.

        Raises:
            AuditError: it is not, or may not be.
        """
        with self._locked() as file:
            last = self._checked(file)
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
            self._own = Head(record.number, record.hash)
            keep_head(self._head, self._own)
        if self._logged:
            log.info("audited", number=record.number, hash=record.hash)
        return record

    def _checked(self, file: int) -> Ending:
        """How the log ends, of which nothing was cut off.

        Raises:
            ChainBrokenError: its end was changed, or something was.
            OSError: it, or its head, can't be read.
        """
        end = _ending(file)
        check_end(self._path, end, read_head(self._head), self._own)
        return end

    @contextmanager
    def _locked(self) -> Iterator[int]:
        """The file, which nobody else writes meanwhile."""
        flags = os.O_RDWR | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
        if self._own is None and not self._known():
            flags |= os.O_CREAT  # else there was one, which is not begun anew in silence
        try:
            file = os.open(self._path, flags, 0o600)
        except FileNotFoundError:
            if flags & os.O_CREAT:
                raise AuditError(f"{self._path}: No such file or directory") from None
            raise AuditError(f"{self._path}: it is gone. {self._what_to_do}") from None
        except OSError as error:
            raise AuditError(f"{self._path}: {error.strerror}") from None
        try:
            mode = stat.S_IMODE(os.fstat(file).st_mode)
            if mode & 0o077:
                raise AuditError(f"{self._path}: others may get at it; chmod 600 it first")
            self._lock(file)
            yield file
        except ChainBrokenError as error:
            told = str(error).removeprefix("line -1: ")
            raise AuditError(
                f"{self._path}: its end was changed: {told}. {self._what_to_do}"
            ) from None
        except StoredError as error:
            raise AuditError(f"{self._path}: {error}") from None
        except OSError as error:
            raise AuditError(f"{error.filename or self._path}: {error.strerror}") from None
        finally:
            os.close(file)

    def _known(self) -> bool:
        """Whether there is a head.

        Raises:
            AuditError: its place can't be looked at.
        """
        try:
            return read_head(self._head) is not None
        except ChainBrokenError:
            return True  # of what is no head more is said where the log's end is looked at
        except OSError as error:
            raise AuditError(f"{error.filename}: {error.strerror}") from None

    @property
    def _what_to_do(self) -> str:
        return (
            "Find out what became of it, and put it back. If it was moved away on purpose, move "
            f"{self._head} away with it: a new log begins then, once the service is started again"
        )

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
