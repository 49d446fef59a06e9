"""Facts out of the daily payload to the Department for Education: children as JSON.

Source: DFE-Digital/children-in-social-care-schemas, OpenAPI 0.7.0 to 1.0.1; what a sender's window
is, data-to-insight/dfe-csc-api-data-flows. Its names:

    read     a file or folder to an extract
    SOURCE   its name

The way of a child: `files` finds it, `kinds` says what a payload holds and `values` reads that,
`element` reads one element, `records` turns one into facts, `placements` those of a child together,
`child` puts it together, and `window` says of which days a payload is all.
"""

from casepulse.streams.sources.dfe_payload.kinds import SOURCE
from casepulse.streams.sources.dfe_payload.payload import read

__all__ = ["SOURCE", "read"]
