"""Every type of event, one module an area of practice, and how an event is read.

`FACTS` lists what can happen to a case; a correction names the fact it
replaces or withdraws; a tick moves the clock of a replay. `read_event` is the
one way in: bytes to a validated event, or an `Unreadable` that says why not;
`make_event` and `write_event` are the way out.
"""

from schemas.events.correction import RecordAmended, RecordVoided
from schemas.events.facts import FACTS
from schemas.events.reading import EVENTS, Reason, Unreadable, make_event, read_event, write_event

__all__ = [
    "EVENTS",
    "FACTS",
    "Reason",
    "RecordAmended",
    "RecordVoided",
    "Unreadable",
    "make_event",
    "read_event",
    "write_event",
]
