"""Events out of the DfE's SSDA903 return: a folder of CSV files, as an authority submits it.

Source: DfE, "Children looked after by local authorities in England: guide to
the SSDA903 collection", 2020-21. Its names:

    read_folder   a folder to an `Import`: an iterator of events, with a summary
    Import        the events, one file after another
    Summary       what became of every row, complete once the events are all out
    Account       what became of the rows of one file
    BadRow        file, line, column and reason; never a value
    ExtractError  there is nothing here to read, and what to do about it

The way of a row: `columns` says what a file holds, `table` reads it line by
line, `facts` and `episodes` turn rows into events, `folder` puts it together.
"""

from casepulse.streams.sources.ssda903.folder import ExtractError, Import, Summary, read_folder
from casepulse.streams.sources.ssda903.table import Account, BadRow

__all__ = ["Account", "BadRow", "ExtractError", "Import", "Summary", "read_folder"]
