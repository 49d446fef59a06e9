"""The contract as documents: JSON Schema of each event, AsyncAPI 3 of the whole."""

from typing import Any

from casepulse.schemas.events import EVENTS, Reason
from casepulse.schemas.events.content import PREFIX
from casepulse.schemas.partial import Partial
from casepulse.schemas.release import Announcement

_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(event_type: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of one type of event, envelope and all.

    Raises:
        KeyError: there is no such type.
    """
    return {"$schema": _DRAFT, **EVENTS[event_type].model_json_schema()}


def asyncapi(name: str = "casepulse") -> dict[str, Any]:
    """The AsyncAPI 3.0 document of every topic.

    Args:
        name: the prefix of the topics (CASEPULSE_NAME).
    """
    messages = {
        name: message
        for each in EVENTS
        for name, message in ((each, _structured(each)), (_binary_name(each), _binary(each)))
    }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "casepulse",
            "version": "1.0.0",
            "description": "Case-management events of children's services (CloudEvents 1.0, keyed "
            "by subject, in structured or binary content mode) and what casepulse makes of them.",
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": {
            "events": {
                "address": f"{name}.events",
                "description": "Every event, in the partition of its subject by murmur2. A tick "
                "goes to every partition. Both content modes of the Kafka protocol binding are "
                "read: structured (content-type application/cloudevents+json, or no header at "
                "all), and binary (headers ce_..., the data as the value). A batch is set aside. "
                "Extension attributes are taken, and not kept; the trace of an event that is set "
                "aside goes on in the headers of its dead letter.",
                "messages": {each: {"$ref": f"#/components/messages/{each}"} for each in messages},
            },
            "partials": {
                "address": f"{name}.partials",
                "description": "Whole tallies of partitions, from case agents to the board.",
                "messages": {"partial": {"$ref": "#/components/messages/partial"}},
            },
            "deadLetters": {
                "address": f"{name}.dead-letters",
                "description": "Messages that could not be read: the original bytes, keyed by the "
                "position they came from, with the reason in the headers, and the original headers "
                "as original.NAME.",
                "messages": {"deadLetter": {"$ref": "#/components/messages/deadLetter"}},
            },
            "releases": {
                "address": f"{name}.releases",
                "description": "A message a release that was made, keyed by its name.",
                "messages": {"release": {"$ref": "#/components/messages/release"}},
            },
        },
        "operations": {
            "readEvents": {"action": "receive", "channel": {"$ref": "#/channels/events"}},
            "tellPartials": {"action": "send", "channel": {"$ref": "#/channels/partials"}},
            "announceReleases": {
                "action": "send",
                "channel": {"$ref": "#/channels/releases"},
            },
            "setAside": {"action": "send", "channel": {"$ref": "#/channels/deadLetters"}},
        },
        "components": {
            "messages": {
                **messages,
                "partial": {
                    "contentType": "application/json",
                    "payload": _self_contained(Partial.model_json_schema(), "partial"),
                },
                "deadLetter": {
                    "contentType": "application/octet-stream",
                    "headers": _dead_letter_headers(),
                },
                "release": {
                    "contentType": "application/json",
                    "payload": _self_contained(Announcement.model_json_schema(), "release"),
                },
            }
        },
    }


def _structured(event_type: str) -> dict[str, Any]:
    model = EVENTS[event_type]
    return {
        "name": event_type,
        "title": model.__name__,
        "summary": (model.__doc__ or "").splitlines()[0],
        "contentType": "application/cloudevents+json",
        "payload": _self_contained(model.model_json_schema(), event_type),
    }


def _binary_name(event_type: str) -> str:
    return f"{event_type}.binary"


def _binary(event_type: str) -> dict[str, Any]:
    """The same event in binary mode: each attribute a header, the data as the value."""
    payload = f"#/components/messages/{event_type}/payload"
    attributes = ("specversion", "id", "source", "type", "subject", "time", "recordedtime")
    return {
        "name": event_type,
        "title": f"{EVENTS[event_type].__name__}, binary",
        "summary": "The same in binary content mode.",
        "contentType": "application/json",
        "headers": {
            "type": "object",
            "required": [f"{PREFIX}{name}" for name in attributes],
            "properties": {
                "content-type": {"$ref": f"{payload}/properties/datacontenttype"},
                **{
                    f"{PREFIX}{name}": {"$ref": f"{payload}/properties/{name}"}
                    for name in (*attributes, "dataschema")
                },
            },
            "patternProperties": {f"^{PREFIX}[a-z0-9]+$": {"type": "string"}},
        },
        "payload": {"$ref": f"{payload}/properties/data"},
    }


def _self_contained(schema: Any, message: str) -> Any:
    """A schema whose references still hold where it is put inside the document."""
    if isinstance(schema, dict):
        return {
            key: f"#/components/messages/{message}/payload{value[1:]}"
            if key == "$ref"
            else _self_contained(value, message)
            for key, value in schema.items()
        }
    if isinstance(schema, list):
        return [_self_contained(each, message) for each in schema]
    return schema


def _dead_letter_headers() -> dict[str, Any]:
    names = ("detail", "topic", "partition", "offset", "key", "traceparent", "tracestate")
    texts = {name: {"type": "string"} for name in names}
    return {
        "type": "object",
        "required": ["reason", "detail", "topic", "partition", "offset"],
        "properties": {"reason": {"enum": [reason.value for reason in Reason]}, **texts},
        "patternProperties": {"^original\\.": {"type": "string"}},
    }
