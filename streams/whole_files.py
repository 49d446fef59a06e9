"""Files that are written whole, or not at all; and errors that name the file.

Content goes into a hidden file beside, and the name is given to what is on the disk already. Where
that fails, as on a full disk, the hidden file is taken away. What a run left that was killed
meanwhile, the next one takes away: nobody holds it any more.
"""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

#: The name of a file that is not whole yet.
_UNFINISHED = re.compile(r"\..+\.[0-9a-f]{32}")


def replace_whole(path: Path, content: bytes, mode: int = 0o666) -> None:
    """Write a file, in the place of what stood there.

    Args:
        path: where.
        content: all of it.
        mode: less what the process takes away from those of its files (umask).

    Raises:
        OSError: it can't be written; the error names it, and what stood there stands.
    """
    if path.exists() and not path.is_file():  # such as /dev/stdout, which nothing can replace
        with naming(path):
            path.write_bytes(content)
        return
    with _written(path, content, mode) as unfinished:
        unfinished.replace(path)


def create_whole(path: Path, content: bytes) -> None:
    """Write a file under a name that is not taken yet.

    Raises:
        FileExistsError: it is taken.
        OSError: it can't be written; the error names it.
    """
    with _written(path, content) as unfinished:
        os.link(unfinished, path)


@contextmanager
def naming(path: Path | str) -> Iterator[None]:
    """Name a file in the error of what is done with it: a write that fails does not."""
    try:
        yield
    except OSError as error:
        if error.filename is not None or error.errno is None:
            raise
        raise named(error, path) from error


def named(error: OSError, path: Path | str) -> OSError:
    """The same error with the file that it is about."""
    return OSError(error.errno, error.strerror, str(path))


@contextmanager
def _written(path: Path, content: bytes, mode: int = 0o666) -> Iterator[Path]:
    """A hidden file beside a path, that holds the content and is on the disk."""
    unfinished = None
    try:
        _take_away_unfinished(path.parent)
        while True:
            unfinished = path.with_name(f".{path.name}.{uuid4().hex}")
            with open(unfinished, "xb", opener=lambda at, how: os.open(at, how, mode)) as file:
                _held(file.fileno(), wait=True)
                if os.fstat(file.fileno()).st_nlink == 0:
                    continue  # it was taken for one that nobody holds, before we did
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
                yield unfinished
                return
    except FileExistsError:
        raise
    except OSError as error:
        raise named(error, path) from error
    finally:
        if unfinished is not None:
            with suppress(OSError):
                unfinished.unlink()


def _held(file: int, *, wait: bool) -> bool:
    """Say that we are at it; False if somebody else is, or the file system can't tell."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        return False
    return True


def _take_away_unfinished(folder: Path) -> None:
    """Take away what was left by those who were killed while they wrote."""
    for left in folder.iterdir():
        if not _UNFINISHED.fullmatch(left.name):
            continue
        with suppress(OSError), left.open("rb") as file:
            if _held(file.fileno(), wait=False):
                left.unlink()
