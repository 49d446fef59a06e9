"""A list as a file: CSV (RFC 4180), of which no cell is a formula."""

import io
from collections.abc import Iterable
from datetime import datetime

from casepulse.access.columns import cells, with_shortfall
from casepulse.access.reading import ListRead
from casepulse.schemas.due import Due
from casepulse.spreadsheet import write_csv
from casepulse.state.calendar import LONDON


def csv_of(lines: Iterable[Due], now: datetime, incomplete: str = "") -> bytes:
    """The lines, in UTF-8, under a row of the columns' names.

    Args:
        lines: in the order that they are to stand in.
        now: the instant to which days overdue are counted.
        incomplete: in what the list is not whole; every row then says so in a last column.
    """
    text = io.StringIO()
    rows = (cells(line, now) for line in lines)
    write_csv(text, with_shortfall(rows, incomplete), line_end="\r\n")
    return text.getvalue().encode()


def file_name(measure: str, read: ListRead) -> str:
    """A name that says what the file is as at, and whether something is missing."""
    state = "_old" if read.old else ""
    state = state if read.whole else "_incomplete"
    as_of = (read.as_of or read.now).astimezone(LONDON)
    return f"{measure}_{as_of:%Y-%m-%d_%H%M}{state}.csv"
