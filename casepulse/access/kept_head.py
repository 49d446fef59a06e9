"""The head of an audit log, number and hash of its last record, kept apart from the log.

A log alone can't show that its end was cut off, or that it was begun anew. With its head it can, to
whoever writes the next line, and to `casepulse audit verify`; as long as whoever cuts the one can't
cut the other. So the service keeps it elsewhere: in a file on another disk, or in an object store.
"""

import errno
from pathlib import Path

import fsspec

from casepulse.access.chain import ChainBrokenError, Ending, Head, verify
from casepulse.streams.whole_files import naming, replace_whole

#: What the name of the file ends in, where it stands beside the log.
BESIDE = ".head"

#: A head is kept in a file, or in an object whose URL has this in it.
OBJECT = "://"


def head_beside(log: Path) -> str:
    """Where a head is kept if nothing else is said."""
    return str(log.with_name(log.name + BESIDE))


def is_beside(head: str, log: Path) -> bool:
    """Whether a head is kept in the very folder of its log."""
    return OBJECT not in head and Path(head).resolve().parent == log.resolve().parent


def read_head(where: str) -> Head | None:
    """The head that is kept; None if none is.

    Args:
        where: its file; or the URL of its object, in a store that fsspec knows.

    Raises:
        ChainBrokenError: what stands there is none.
        OSError: it can't be read; the error names it.
    """
    try:
        told = _in_object(where) if OBJECT in where else _in_file(where)
    except FileNotFoundError:
        return None
    head = Head.read(told.decode(errors="replace").strip())
    if head is None:
        raise ChainBrokenError(1, f"what {where} holds is no number and hash of a record")
    return head


def keep_head(where: str, head: Head) -> None:
    """Keep a head. When this returns, it is on the disk, or the store has it.

    Args:
        where: as `read_head` takes it.
        head: what is kept.

    Raises:
        OSError: it can't be kept; the error names it.
    """
    content = f"{head}\n".encode()
    if OBJECT not in where:
        replace_whole(Path(where), content, mode=0o600)
        return
    try:
        store, path = fsspec.url_to_fs(where)
        store.pipe_file(path, content)
    except Exception as error:  # each store has errors of its own
        raise _of_object(error, where) from error


def _in_file(where: str) -> bytes:
    with naming(where):
        return Path(where).read_bytes()


def _in_object(where: str) -> bytes:
    try:
        store, path = fsspec.url_to_fs(where)
        return bytes(store.cat_file(path))
    except FileNotFoundError:
        raise
    except Exception as error:  # each store has errors of its own
        raise _of_object(error, where) from error


def _of_object(error: Exception, where: str) -> OSError:
    """What the store says, in one line, and of which object."""
    said = " ".join(str(error).split()) or type(error).__name__
    return OSError(errno.EIO, f"the head of the audit log can't be kept there: {said}", where)


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
