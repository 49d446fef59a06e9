"""Files that are written whole wherever they lie: in a directory, or in an object store."""

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
