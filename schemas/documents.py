"""The contract as documents: JSON Schema of each event, AsyncAPI 3 of the whole."""

from typing import Any

from schemas.events import EVENTS, Reason
from schemas.partial import Partial
from schemas.release import Announcement

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
    messages = {each: _message(each) for each in EVENTS}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "casepulse",
            "version": "1.0.0",
            "description": "Case-management events of children's services (CloudEvents 1.0, "
            "structured JSON, keyed by subject) and what casepulse makes of them.",
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": {
            "events": {
                "address": f"{name}.events",
                "description": "Every event, in the partition of its subject by murmur2. A tick "
                "goes to every partition.",
                "messages": {each: {"$ref": f"#/components/messages/{each}"} for each in EVENTS},
            },
            "partials": {
                "address": f"{name}.partials",
                "description": "Whole tallies of partitions, from case agents to the board.",
                "messages": {"partial": {"$ref": "#/components/messages/partial"}},
            },
            "deadLetters": {
                "address": f"{name}.dead-letters",
                "description": "Messages that could not be read: the original bytes, keyed by the "
                "position they came from, with the reason in the headers.",
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


def _message(event_type: str) -> dict[str, Any]:
    model = EVENTS[event_type]
    return {
        "name": event_type,
        "title": model.__name__,
        "summary": (model.__doc__ or "").splitlines()[0],
        "payload": _self_contained(model.model_json_schema(), event_type),
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
    texts = {name: {"type": "string"} for name in ("detail", "topic", "partition", "offset", "key")}
    return {
        "type": "object",
        "required": ["reason", "detail", "topic", "partition", "offset"],
        "properties": {"reason": {"enum": [reason.value for reason in Reason]}, **texts},
    }
