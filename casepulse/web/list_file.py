"""A list as a file: CSV (RFC 4180), of which no cell is a formula."""

import csv
import io
from collections.abc import Iterable
from datetime import datetime

from casepulse.access.columns import NAMES, cells, harmless
from casepulse.access.reading import ListRead
from schemas.due import Due
from state.calendar import LONDON


def csv_of(lines: Iterable[Due], now: datetime) -> bytes:
    """The lines, in UTF-8, under a row of the columns' names.

    Args:
        lines: in the order that they are to stand in.
        now: the instant to which days overdue are counted.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(NAMES)
    writer.writerows(harmless(cells(line, now)) for line in lines)
    return text.getvalue().encode()


def file_name(measure: str, read: ListRead) -> str:
    """A name that says what the file is as at, and whether something is missing."""
    state = "_incomplete" if read.missing else "_old" if read.old else ""
    as_of = (read.as_of or read.now).astimezone(LONDON)
    return f"{measure}_{as_of:%Y-%m-%d_%H%M}{state}.csv"
