"""Facts out of the DfE's SSDA903 return: a folder of CSV files, as an authority submits it.

Source: DfE, "Children looked after by local authorities in England: guide to
the SSDA903 collection", 2020-21, and the codes of the years to 2025-26. Its names:

    read          a return to an extract
    read_folder   a folder to a `Return`: facts, with a summary
    extract_of    a return to an extract
    Return        what a folder tells
    Summary       what became of every row

The way of a row: `columns` says what a file holds, `table` reads it line by
line, `facts` and `episodes` turn rows into facts, `folder` puts it together, and `year` says
of which days it is all.
"""

from casepulse.streams.sources.extract import Extract, Request
from casepulse.streams.sources.ssda903.folder import Return, Summary, read_folder
from casepulse.streams.sources.ssda903.row import SOURCE
from casepulse.streams.sources.ssda903.year import extract_of


def read(request: Request) -> Extract:
    """Read a return.

    Raises:
        casepulse.streams.sources.extract.ExtractError: there is none, or `year_end` is none.
    """
    return extract_of(read_folder(request.path, year_end=request.year_end), request.taken)


__all__ = ["SOURCE", "Return", "Summary", "extract_of", "read", "read_folder"]
