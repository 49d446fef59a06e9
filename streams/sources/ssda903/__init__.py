"""Facts out of the DfE's SSDA903 return: a folder of CSV files, as an authority submits it.

Source: DfE, "Children looked after by local authorities in England: guide to
the SSDA903 collection", 2020-21, and the codes of the years to 2025-26. Its names:

    read_folder   a folder to a `Return`: facts, with a summary
    extract_of    a return to an extract, given what was told before
    Return        what a folder tells
    Summary       what became of every row
    Account       what became of the rows of one file
    BadRow        file, line, column and reason; never a value
    ExtractError  there is nothing here to read, and what to do about it

The way of a row: `columns` says what a file holds, `table` reads it line by
line, `facts` and `episodes` turn rows into facts, `folder` puts it together, and `year` says
of which days it is all.
"""

from casepulse.streams.sources.ssda903.folder import ExtractError, Return, Summary, read_folder
from casepulse.streams.sources.ssda903.row import SOURCE
from casepulse.streams.sources.ssda903.table import Account, BadRow
from casepulse.streams.sources.ssda903.year import extract_of

__all__ = [
    "SOURCE",
    "Account",
    "BadRow",
    "ExtractError",
    "Return",
    "Summary",
    "extract_of",
    "read_folder",
]
