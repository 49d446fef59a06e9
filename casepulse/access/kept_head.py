"""The head of an audit log, number and hash of its last record, in a file of its own.

A log alone can't show that its end was cut off, or that it was begun anew. With its head it can, to
whoever writes the next line, and to `casepulse audit verify`.
"""

from pathlib import Path

from casepulse.access.chain import ChainBrokenError, Ending, Head, verify
from streams.whole_files import naming, replace_whole

#: What the name of the file ends in, where it stands beside the log.
BESIDE = ".head"


def head_beside(log: Path) -> Path:
    """Where a head is kept if nothing else is said."""
    return log.with_name(log.name + BESIDE)


def read_head(path: Path) -> Head | None:
    """The head that is kept; None if none is.

    Raises:
        ChainBrokenError: what stands there is none.
        OSError: it can't be read; the error names the file.
    """
    try:
        with naming(path):
            told = path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return None
    head = Head.read(told.strip())
    if head is None:
        raise ChainBrokenError(1, f"what {path} holds is no number and hash of a record")
    return head


def keep_head(path: Path, head: Head) -> None:
    """Keep a head; it is on the disk when this returns.

    Raises:
        OSError: it can't be kept; the error names the file.
    """
    replace_whole(path, f"{head}\n".encode(), mode=0o600)


def check_end(log: Path, end: Ending, kept: Head | None, own: Head | None) -> None:
    """See to it that nothing was cut off a log.

    Args:
        log: its file.
        end: how it ends now.
        kept: the head that is kept of it.
        own: the last record that this process wrote. Others may have written more since.

    Raises:
        ChainBrokenError: its end was cut off, or it is another log.
        OSError: it can't be read.
    """
    for known in (kept, own):
        if known is None or known == end.head:
            continue
        if known.number >= end.head.number:
            lacking = "it is gone" if not end.head.number else f"it ends with {end.head.number}"
            other = known.number == end.head.number
            why = "its last record is another" if other else lacking
            raise ChainBrokenError(-1, f"{why}, and number {known.number} was written")
    if kept is not None and kept.number < end.head.number:
        verify(log, kept)  # a crash came between a line and its head: the line must follow from it
