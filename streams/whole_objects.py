"""Files that are written whole wherever they lie: in a directory, or in an object store."""

import os
from pathlib import Path
from typing import Any

from fsspec.implementations.local import LocalFileSystem

from casepulse.streams.whole_files import naming, replace_whole


def put_whole(system: Any, path: str, content: bytes) -> None:
    """Write a file in the place of what stood there.

    Args:
        system: fsspec's, on which it lies.
        path: there.
        content: all of it.

    Raises:
        OSError: it can't be written; the error names it.
    """
    if isinstance(system, LocalFileSystem):
        replace_whole(Path(path), content)
    else:
        with naming(path):
            system.pipe_file(path, content)


def move_whole(system: Any, made: Path, path: str) -> None:
    """Give a file that was made on this machine its place, instead of what stood there.

    Args:
        system: fsspec's, on which the place is.
        made: the file; where the system is this machine, on the same disk. It is gone then.
        path: the place.

    Raises:
        OSError: it can't be written; the error names it.
    """
    with naming(path):
        if isinstance(system, LocalFileSystem):
            with made.open("rb") as file:
                os.fsync(file.fileno())
            made.replace(path)
        else:
            system.put_file(str(made), path)
            made.unlink()
