"""Every type of event, one module an area of practice, and how an event is read.

`FACTS` lists what can happen to a case; a correction names the fact it
replaces or withdraws; a tick moves the clock of a replay. `read_message` is the
one way in from Kafka, in either content mode, and `read_event` that of its
structured JSON: bytes to a validated event, or an `Unreadable` that says why
not; `make_event` and `write_event` are the way out.
"""

from casepulse.schemas.events.correction import RecordAmended, RecordVoided
from casepulse.schemas.events.facts import FACTS
from casepulse.schemas.events.reading import (
    EVENTS,
    make_event,
    read_event,
    read_message,
    write_event,
)
from casepulse.schemas.events.refusals import Reason, Unreadable

__all__ = [
    "EVENTS",
    "FACTS",
    "Reason",
    "RecordAmended",
    "RecordVoided",
    "Unreadable",
    "make_event",
    "read_event",
    "read_message",
    "write_event",
]
