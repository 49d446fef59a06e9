"""Windows: how many months a figure adds up, and with which month a window begins anew."""

from casepulse.schemas.measure import Window

#: The first months of the windows that begin anew.
_STARTS: dict[Window, tuple[int, ...]] = {"fytd": (4,), "aytd": (9,), "term": (1, 5, 9)}

#: Months of a window that has always so many.
_LENGTHS: dict[Window, int] = {"month": 1, "12m": 12}


def begins(window: Window, month: int) -> bool:
    """Whether a window that begins anew from time to time does so with this month of the year."""
    return month in _STARTS.get(window, ())


def months_before(window: Window, month: int) -> int:
    """How many months of a window come before the month of the year in which it ends."""
    if window in _LENGTHS:
        return _LENGTHS[window] - 1
    return min((month - start) % 12 for start in _STARTS[window])
