"""One run at a time on the state of a source: two would tell the same, each as if it were alone."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fsspec.implementations.local import LocalFileSystem

from casepulse.batch.archive_index import place_of
from casepulse.schemas.errors import FailedError
from casepulse.streams.whole_files import naming

#: Whoever holds it is at work. It is empty, and stays.
LOCK = "running.lock"


class BusyError(FailedError):
    """Somebody else is at it."""


@contextmanager
def one_at_a_time(url: str) -> Iterator[None]:
    """Be the only run on a state, until the `with` block is left or the process is no more.

    In a directory only: an object store has nothing that goes with a process that was killed. There
    whoever starts the runs sees to it that one is over before the next.

    Args:
        url: where the state lies: its directory, which is made, or the URL of its folder.

    Raises:
        BusyError: another run is at it.
        OSError: the directory can't be written; the error names it.
    """
    system, path = place_of(url)
    if not isinstance(system, LocalFileSystem):
        yield
        return
    Path(path).mkdir(parents=True, exist_ok=True)
    lock = Path(path) / LOCK
    with naming(lock), lock.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BusyError(
                f"{url}: another run is at work on this state; wait until it is over"
            ) from None
        yield
