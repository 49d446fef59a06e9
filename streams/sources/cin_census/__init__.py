"""Facts out of the DfE's children in need census: the XML file that an authority returns.

Source: DfE, "Children in need census: guide for local authorities", 2018 to 2026. Its names:

    read    a return to an extract
    check   what a schema of the DfE's finds wrong with one
    SOURCE  the name of the source

The way of a child: `layout` says what is read of which element, `blocks` takes that out of the XML,
`children` follows the elements of one child, `facts` turns each into facts, `year` says of which
days the return tells all, and `reading` puts it together.
"""

from casepulse.streams.sources.cin_census.layout import SOURCE
from casepulse.streams.sources.cin_census.reading import read
from casepulse.streams.sources.cin_census.schema_check import check

__all__ = ["SOURCE", "check", "read"]
