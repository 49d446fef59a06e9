"""Facts out of the DfE's SSDA903 return: a folder of CSV files, as an authority submits it, or the
XML that says the same.

Source: DfE, "Children looked after by local authorities in England: guide to
the SSDA903 collection", 2020-21, and the codes of the years from 2014-15 to 2026-27.

The way of a row: `columns` says what a file holds, and `values` how a cell is read. `folder` finds
the files by their columns; `csv_file` and `xml_file` take them apart into the lines of a `table`.
`facts` and `episodes` turn rows into facts, and `contradictions` says where episodes disagree.
`reading` puts it together, and `year` says of which days it is all.
"""

from casepulse.streams.sources.ssda903.reading import read
from casepulse.streams.sources.ssda903.row import SOURCE

__all__ = ["SOURCE", "read"]
