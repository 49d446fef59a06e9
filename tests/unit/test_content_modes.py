"""Extension attributes, media types, and the content modes of CloudEvents on Kafka.

The independent producer is the CloudEvents project's own SDK.
"""

import base64
import json
from typing import Any

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, to_binary, to_structured
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from casepulse.schemas.documents import asyncapi, json_schema
from casepulse.schemas.events import Reason, Unreadable, read_event, read_message
from casepulse.schemas.events.trace import trace_context
from casepulse.schemas.media_type import media_type
from casepulse.state import Fact
from tests.build import row
from tests.unit.test_events import ABSENT, VISIT, message

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
STRUCTURED = ("content-type", b"application/cloudevents+json")
DATA = json.dumps(VISIT["data"]).encode()

Header = tuple[str, bytes | None]


def headers(**changes: Any) -> list[Header]:
    """The visit's attributes as headers, some changed or taken away."""
    told = {name: value for name, value in VISIT.items() if name != "data"} | changes
    return [
        (f"ce_{name}", str(value).encode()) for name, value in told.items() if value is not ABSENT
    ]


def refusal(value: bytes | None, *given: Header) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        read_message(value, given)
    return caught.value


def from_sdk(**extensions: Any) -> CloudEvent:
    """The visit as the SDK holds it."""
    attributes = {name: value for name, value in VISIT.items() if name not in ("data", "time")}
    event = JSONFormat().read(CloudEvent, message())
    return CloudEvent({**attributes, "time": event.get_time(), **extensions}, VISIT["data"])


def as_headers(sent: KafkaMessage) -> list[Header]:
    return list(sent.headers.items())


# --- extensions and media types, in structured mode -------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        row("a trace", {"traceparent": TRACE, "tracestate": "a=1,b=2"}),
        row("a key of partitions", {"partitionkey": "child:Quebec77"}),
        row("a schema", {"dataschema": "https://schemas.example/visit/1"}),
        row("a schema that is a name", {"dataschema": "urn:example:visit:1"}),
        row("no schema", {"dataschema": None}),
        row("yes and no", {"sampled": True, "replayed": False}),
        row("a number", {"sequence": 2**31 - 1, "priority": -(2**31)}),
        row("null, which stands for nothing", {"traceparent": None}),
        row("an empty text", {"comexampleother": ""}),
        row("digits in front", {"2ndtime": "2021-01-04T09:00:00Z"}),
        row("a long name", {"a" * 60: "x"}),
        row("other letters", {"region": "Sîr Gâr"}),
        row("a charset", {"datacontenttype": "application/json; charset=utf-8"}),
        row("a charset in quotes", {"datacontenttype": 'application/json;charset="UTF-8"'}),
        row("capitals", {"datacontenttype": "Application/JSON"}),
        row("a vocabulary", {"datacontenttype": "application/vnd.example.visit+json"}),
        row("another name", {"datacontenttype": "text/json"}),
        row("no media type", {"datacontenttype": None}),
        row("data in base64", {"data": ABSENT, "data_base64": base64.b64encode(DATA).decode()}),
        row("no base64", {"data_base64": None}),
    ],
)  # fmt: skip
def test_what_the_specification_allows_is_taken_and_changes_no_fact(
    changes: dict[str, Any],
) -> None:
    plain = read_event(message())
    told = read_message(message(changes), [])
    kept = json.loads(told.kept)
    assert Fact.of(told.event) == Fact.of(plain)
    assert Fact.of(read_event(told.kept)) == Fact.of(plain)
    assert kept.keys() <= VISIT.keys() | {"datacontenttype"}, "what is kept"
    assert kept.get("datacontenttype", "application/json") == "application/json"
    assert Draft202012Validator(json_schema("visit.recorded")).is_valid(
        json.loads(message(changes))
    )


def test_a_plain_event_is_kept_byte_for_byte() -> None:
    value = message() + b"  \n"
    assert read_message(value, []).kept == value


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        row("capitals", {"traceParent": "x"}, "traceParent"),
        row("an underscore", {"trace_parent": "x"}, "trace_parent"),
        row("a hyphen", {"trace-parent": "x"}, "repeated"),
        row("words", {"Jane Quebec77": "x"}, "repeated"),
        row("other letters", {"é": "x"}, "repeated"),
        row("nothing", {"": "x"}, "repeated"),
        row("a fraction", {"weight": 1.5}, "weight"),
        row("too large a number", {"sequence": 2**31}, "sequence"),
        row("too small a number", {"sequence": -(2**31) - 1}, "sequence"),
        row("a list", {"tags": ["Quebec77"]}, "tags"),
        row("an object", {"tags": {"Quebec77": 1}}, "tags"),
        row("a control character", {"note": "Quebec77\n"}, "note"),
        row("no character", {"note": "Quebec77\uffff"}, "note"),
        row("a schema without a scheme", {"dataschema": "Quebec77"}, "dataschema"),
        row("a schema with a blank", {"dataschema": "urn:Que bec77"}, "dataschema"),
        row("XML", {"datacontenttype": "application/xml"}, "datacontenttype"),
        row("no media type", {"datacontenttype": "json"}, "datacontenttype"),
        row("UTF-16", {"datacontenttype": "application/json; charset=utf-16"}, "datacontenttype"),
        row("data twice", {"data_base64": base64.b64encode(DATA).decode()}, "data_base64"),
        row("no base64", {"data": ABSENT, "data_base64": "Quebec77!"}, "data_base64"),
        row("a number for base64", {"data": ABSENT, "data_base64": 7}, "data_base64"),
        row("no object in base64",
            {"data": ABSENT, "data_base64": base64.b64encode(b'"Quebec77"').decode()}, "data"),
    ],
)  # fmt: skip
def test_what_it_does_not_allow_is_refused_by_name(changes: dict[str, Any], named: str) -> None:
    refused = refusal(message(changes))
    assert refused.reason is Reason.INVALID
    assert named in refused.detail
    assert "Quebec77" not in str(refused)


def test_data_in_base64_tell_no_attributes_and_hide_no_field_that_stands_twice() -> None:
    broken_out = base64.b64encode(b'{}, "id": "event-2", "x": 1').decode()
    refused = refusal(message({"data": ABSENT, "data_base64": broken_out}))
    assert refused.reason is Reason.NOT_JSON
    packed = message({"data": ABSENT, "data_base64": base64.b64encode(DATA).decode()})
    twice = packed.replace(b'"id"', b'"id": "event-2", "id"')
    assert refusal(twice).reason is Reason.DUPLICATE_FIELD
    inside = DATA.replace(b'"kind"', b'"kind": "other", "kind"')
    twice = message({"data": ABSENT, "data_base64": base64.b64encode(inside).decode()})
    assert refusal(twice).reason is Reason.DUPLICATE_FIELD
    assert refusal(packed.replace(b'"event-1"', b"1" * 5000)).reason is Reason.NOT_JSON


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("application/json", ("application/json", "")),
        ("Application/JSON ; Charset=UTF-8", ("application/json", "utf-8")),
        ('application/json;a=b;charset="x"', ("application/json", "x")),
        ("json", None),
        ("application/json; charset", None),
        ("application/json, text/xml", None),
        ("application/json;" + " " * 5000 + "x", None),
    ],
)
def test_media_types(written: str, expected: tuple[str, str] | None) -> None:
    assert media_type(written) == expected


# --- content modes ----------------------------------------------------------------------------


@pytest.mark.parametrize("made", [to_binary, to_structured])
@pytest.mark.parametrize(
    "extensions",
    [
        {},
        {"traceparent": TRACE, "partitionkey": VISIT["subject"], "dataschema": "urn:x:1"},
        {"datacontenttype": "application/json; charset=utf-8"},
    ],
)
def test_what_the_sdk_sends_in_either_mode_is_the_same_fact(
    made: Any, extensions: dict[str, str]
) -> None:
    sent = made(from_sdk(**extensions), JSONFormat())
    told = read_message(sent.value, as_headers(sent))
    assert Fact.of(told.event) == Fact.of(read_event(message()))
    assert Fact.of(read_event(told.kept)) == Fact.of(told.event)


def test_data_that_the_sdk_holds_as_bytes_are_read() -> None:
    event = from_sdk()
    packed = CloudEvent(event.get_attributes(), DATA)
    sent = to_structured(packed, JSONFormat())
    assert b"data_base64" in sent.value
    told = read_message(sent.value, as_headers(sent))
    assert Fact.of(told.event) == Fact.of(read_event(message()))


@pytest.mark.parametrize(
    ("value", "given"),
    [
        row("structured, no header", message(), []),
        row("structured, another header", message(), [("traceparent", TRACE.encode())]),
        row("structured, said to be JSON", message(), [("content-type", b"application/json")]),
        row("structured, said so", message(), [STRUCTURED]),
        row("structured, with a charset",
            message(), [("content-type", b"application/cloudevents+json; charset=UTF-8")]),
        row("structured, in capitals",
            message(), [("Content-Type", b"Application/CloudEvents+JSON")]),
        row("structured, and its attributes as headers too",
            message(), [STRUCTURED, *headers(id="another", type="another")]),
        row("binary", DATA, headers()),
        row("binary, said to be JSON", DATA, [*headers(), ("content-type", b"application/json")]),
        row("binary, with a charset",
            DATA, [("content-type", b"application/json; charset=utf-8"), *headers()]),
        row("binary, in capitals",
            DATA, [(name.upper(), value) for name, value in headers()]),
        row("binary, its media type as an attribute too",
            DATA, [*headers(datacontenttype="application/json"),
                   ("content-type", b"application/json")]),
        row("binary, with extensions",
            DATA, headers(traceparent=TRACE, partitionkey="x", sequence=7, region="Sîr")),
        row("binary, over several lines", json.dumps(VISIT["data"], indent=2).encode(), headers()),
        row("binary, beside headers that are no text",
            DATA, [*headers(), ("b3", b"\xff\xfe"), ("none", None)]),
        row("binary, an attribute without a value", DATA, [*headers(), ("ce_region", None)]),
    ],
)  # fmt: skip
def test_the_same_event_in_every_form_is_the_same_fact(value: bytes, given: list[Header]) -> None:
    told = read_message(value, given)
    assert Fact.of(told.event) == Fact.of(read_event(message()))
    assert Fact.of(read_event(told.kept)) == Fact.of(told.event)


@pytest.mark.parametrize(
    ("value", "given", "reason", "named"),
    [
        row("a batch", b"[" + message() + b"]",
            [("content-type", b"application/cloudevents-batch+json")], Reason.BATCHED, "batch"),
        row("a batch, in capitals and with a charset", b"[]",
            [("Content-Type", b"Application/CloudEvents-Batch+JSON; charset=utf-8")],
            Reason.BATCHED, "batch"),
        row("another format", b"Quebec77", [("content-type", b"application/cloudevents+avro")],
            Reason.NOT_JSON, "content-type"),
        row("data that are no JSON", b"Quebec77",
            [*headers(), ("content-type", b"application/avro")], Reason.NOT_JSON, "content-type"),
        row("another encoding", message(),
            [("content-type", b"application/cloudevents+json; charset=utf-16")],
            Reason.NOT_UTF8, "content-type"),
        row("data in another encoding", DATA,
            [*headers(), ("content-type", b"application/json; charset=latin1")],
            Reason.NOT_UTF8, "content-type"),
        row("no media type", message(), [("content-type", b"Quebec77")],
            Reason.INVALID, "content-type"),
        row("a content type that is no text", message(), [("content-type", b"\xff")],
            Reason.NOT_UTF8, "content-type"),
        row("an attribute that is no text", DATA, [*headers(id=ABSENT), ("ce_id", b"Qu\xe9bec77")],
            Reason.NOT_UTF8, "ce_id"),
        row("an attribute twice", DATA, [*headers(), ("ce_id", b"Quebec77")],
            Reason.DUPLICATE_FIELD, "ce_id"),
        row("an attribute twice, in capitals", DATA, [*headers(), ("CE_ID", b"Quebec77")],
            Reason.DUPLICATE_FIELD, "ce_id"),
        row("a content type twice", message(), [STRUCTURED, STRUCTURED],
            Reason.DUPLICATE_FIELD, "content-type"),
        row("data as a header too", DATA, [*headers(), ("ce_data", b"Quebec77")],
            Reason.DUPLICATE_FIELD, "data"),
        row("no time", DATA, headers(time=ABSENT), Reason.INVALID, "time"),
        row("no version", DATA, headers(specversion=ABSENT), Reason.INVALID, "specversion"),
        row("no type", DATA, headers(type=ABSENT), Reason.NOT_AN_EVENT, "type"),
        row("an unknown type", DATA, headers(type="Quebec77"), Reason.UNKNOWN_TYPE, "type"),
        row("words for an attribute", DATA, [*headers(), ("ce_Jane Quebec77", b"x")],
            Reason.INVALID, "repeated"),
        row("an empty name", DATA, [*headers(), ("ce_", b"x")], Reason.INVALID, "repeated"),
        row("nothing", b"", headers(), Reason.EMPTY, "content"),
        row("a tombstone", None, headers(), Reason.EMPTY, "content"),
        row("data cut short", DATA[:-5], headers(), Reason.NOT_JSON, "line 1"),
        row("data that are no UTF-8", b'{"kind": "Qu\xe9bec77"}', headers(),
            Reason.NOT_UTF8, "byte"),
        row("data that end the event and tell another", DATA + b', "id": "event-2"', headers(),
            Reason.NOT_JSON, "line 1"),
        row("data without end", b"[" * 30_000, headers(), Reason.NOT_JSON, "line 1"),
        row("a field of the data twice", DATA.replace(b'"kind"', b'"kind": "other", "kind"'),
            headers(), Reason.DUPLICATE_FIELD, "kind"),
        row("an unknown field of the data", DATA.replace(b"{", b'{"child": "Quebec77",', 1),
            headers(), Reason.INVALID, "data.child"),
        row("too large", b" " * 70_000 + DATA, headers(), Reason.TOO_LARGE, "bytes"),
        row("too large by its headers", DATA, headers(region="x" * 70_000),
            Reason.TOO_LARGE, "bytes"),
        row("the whole event as data, in binary", message(), headers(), Reason.INVALID, "data"),
    ],
)  # fmt: skip
def test_what_is_not_read_is_refused_by_name(
    value: bytes | None, given: list[Header], reason: Reason, named: str
) -> None:
    refused = refusal(value, *given)
    assert (refused.reason, named in refused.detail) == (reason, True), str(refused)
    assert "Quebec77" not in str(refused)


# --- traces -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "given", "expected"),
    [
        row("none", message(), [], {}),
        row("structured", message({"traceparent": TRACE}), [], {"traceparent": TRACE}),
        row("structured, of no known type",
            message({"type": "x", "traceparent": TRACE, "tracestate": "a=1"}), [],
            {"traceparent": TRACE, "tracestate": "a=1"}),
        row("binary", b"?", headers(traceparent=TRACE), {"traceparent": TRACE}),
        row("of the message", b"?", [("traceparent", TRACE.encode())], {"traceparent": TRACE}),
        row("the event's own goes first", message({"traceparent": TRACE}),
            [("traceparent", TRACE.replace("0af", "1af").encode())], {"traceparent": TRACE}),
        row("words for a trace", message({"traceparent": "Jane Quebec77"}), [], {}),
        row("nought for a trace", message({"traceparent": f"00-{'0' * 32}-{'1' * 16}-01"}), [], {}),
        row("a number for a trace", message({"traceparent": 7}), [], {}),
        row("bytes for a trace", None, [("traceparent", b"\xff")], {}),
        row("a state alone", message({"tracestate": "a=1"}), [], {}),
        row("no object", b'["traceparent"]', [], {}),
        row("without end", b'["traceparent"' + b"[" * 30_000, [], {}),
    ],
)  # fmt: skip
def test_the_trace_of_a_message(
    value: bytes | None, given: list[Header], expected: dict[str, str]
) -> None:
    assert trace_context(value, given) == expected


# --- the contract -----------------------------------------------------------------------------


def test_the_contract_describes_binary_messages_as_they_are_read() -> None:
    document = asyncapi()
    told = document["components"]["messages"]["visit.recorded.binary"]
    whole = {"components": document["components"], **told["headers"]}
    given = {name: (value or b"").decode() for name, value in headers(traceparent=TRACE)}
    check = Draft202012Validator(whole)
    assert not list(check.iter_errors(given))
    assert not check.is_valid({**given, "ce_type": "visit.planned"})
    assert not check.is_valid({name: value for name, value in given.items() if name != "ce_time"})
    payload = {"components": document["components"], **told["payload"]}
    assert Draft202012Validator(payload).is_valid(VISIT["data"])


def test_the_schema_of_an_event_takes_extensions_and_refuses_other_names() -> None:
    check = Draft202012Validator(json_schema("visit.recorded"))
    assert check.is_valid({**VISIT, "traceparent": TRACE, "sequence": 7, "sampled": True})
    for wrong in ({"Trace": "x"}, {"weight": 1.5}, {"tags": []}, {"data_base64": "e30="}):
        assert not check.is_valid({**VISIT, **wrong}), wrong
