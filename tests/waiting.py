"""Waiting in tests, where nothing depends on how busy the machine is.

A bound on the clock says something of the machine. So a test waits for what is to be, and as long
as something moves on the way: what it has read, which releases there are. Only where nothing has
moved for long is it given up. A promise that the product makes in seconds is held against a quiet
machine's: `quiet_clock` counts them beside it.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: Seconds in which nothing may have moved before it is given up.
PATIENCE = 600.0

#: Seconds between two looks, and what part of the time looking may take: what is looked at needs
#: it more.
_PAUSE, _SHARE, _PAUSE_AT_MOST = 0.05, 5, 2.0

#: Sleeps and works by turns, as what is measured does, and says when a turn is over.
_TURNS = """
import os, time
while True:
    time.sleep(0.1)
    begun = time.process_time()
    while time.process_time() - begun < 0.1:
        pass
    os.write(1, b".")
"""
_TURN = 0.2


def until(
    wanted: Callable[[], object],
    what: str,
    moving: Callable[[], object] | None = None,
    patience: float = PATIENCE,
) -> float:
    """Wait for something; how many seconds it took.

    Args:
        wanted: whether it is so.
        what: it, in words.
        moving: what is being done on the way; each change of it begins the patience anew.
        patience: seconds in which nothing moves before it is given up.

    Raises:
        TimeoutError: it is not so, and nothing has moved for so long; with what moved last.
    """
    started = since = time.monotonic()
    last = None if moving is None else moving()
    looking = time.monotonic()
    while not wanted():
        now = None if moving is None else moving()
        if now != last:
            last, since = now, time.monotonic()
        if time.monotonic() - since > patience:
            raise TimeoutError(f"waited for: {what}; the last that moved: {last}")
        time.sleep(pause_after(time.monotonic() - looking))
        looking = time.monotonic()
    return time.monotonic() - started


def pause_after(took: float) -> float:
    """Seconds to the next look, after one that took so many."""
    return max(_PAUSE, min(_SHARE * took, _PAUSE_AT_MOST))


@contextmanager
def quiet_clock() -> Iterator[Callable[[], float]]:
    """What says for how many seconds it has run, of those of a machine with nothing else to do.

    On a busy one they are longer: a process beside us sleeps and works by turns, and its turns are
    counted. It takes half of a core, so let it run no longer than what it measures.
    """
    with subprocess.Popen([sys.executable, "-S", "-c", _TURNS], stdout=subprocess.PIPE) as beside:
        assert beside.stdout is not None
        turns = beside.stdout.fileno()
        os.read(turns, 1)  # it is under way
        os.set_blocking(turns, False)
        count = 0

        def seconds() -> float:
            nonlocal count
            try:
                while told := os.read(turns, 4096):
                    count += len(told)
            except BlockingIOError:
                pass
            return count * _TURN

        try:
            yield seconds
        finally:
            beside.kill()
