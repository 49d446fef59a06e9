"""The trace that an event belongs to (W3C Trace Context), for those who follow one up.

Source: CloudEvents' extension for distributed tracing: attributes `traceparent` and `tracestate`.
A trace's numbers say nothing of anybody, so they may stand in a log; nothing else that an event
brings along may.
"""

import re
from typing import Any

from pydantic_core import from_json

from casepulse.schemas.events.content import PREFIX, Headers
from casepulse.schemas.events.refusals import LARGEST

_PARENT = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
_STATE = re.compile(r"[\x20-\x7e]{1,512}")


def trace_context(value: bytes | None, headers: Headers) -> dict[str, str]:
    """`traceparent` of a message, and `tracestate` where there is one; empty where there is none.

    What the event says goes before what the message's own headers say: those may have been written
    by something on the way. For messages of which little is known: they may be anything.
    """
    told = {name.lower(): (text or b"").decode(errors="replace") for name, text in headers}
    of_binary = {name: told.get(f"{PREFIX}{name}") for name in ("traceparent", "tracestate")}
    for each in (of_binary, _of_structured(value), told):
        parent, state = each.get("traceparent"), each.get("tracestate")
        if isinstance(parent, str) and _PARENT.fullmatch(parent):
            context = {"traceparent": parent}
            if isinstance(state, str) and _STATE.fullmatch(state):
                context["tracestate"] = state
            return context
    return {}


def _of_structured(value: bytes | None) -> dict[str, Any]:
    if value is None or len(value) > LARGEST or b"traceparent" not in value:
        return {}
    try:
        told = from_json(value)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
