"""What may cross the wire as an event, and what is set aside, with which reason and which words."""

import json
import os
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from casepulse.schemas.envelope import Event
from casepulse.schemas.events import (
    EVENTS,
    FACTS,
    Reason,
    RecordVoided,
    Unreadable,
    make_event,
    read_event,
    write_event,
)
from casepulse.schemas.events.reading import LARGEST
from casepulse.schemas.events.referral import VisitRecorded
from casepulse.state import Fact
from tests.build import amended, fact, referral, row, visit
from tests.generative.strategies import World, data_of, worlds

VISIT = {
    "specversion": "1.0",
    "id": "event-1",
    "source": "case-system",
    "type": "visit.recorded",
    "subject": "child:Quebec77",
    "time": "2021-01-04T09:00:00+00:00",
    "recordedtime": "2021-01-05T10:00:00+00:00",
    "data": {"kind": "statutory", "method": "face_to_face", "child_seen": True},
}
ABSENT = object()


def message(changes: dict[str, Any] | None = None, base: dict[str, Any] = VISIT) -> bytes:
    """A visit as JSON, with some fields (dots lead inwards) changed, added or taken away."""
    told = json.loads(json.dumps(base))
    for path, value in (changes or {}).items():
        *outer, last = path.split(".")
        inner = told
        for step in outer:
            inner = inner[step]
        if value is ABSENT:
            del inner[last]
        else:
            inner[last] = value
    return json.dumps(told).encode()


def telling(event_type: str, data: dict[str, Any], **envelope: Any) -> bytes:
    """An event of another type."""
    return message({"type": event_type, "data": data, **envelope})


def amending(replacement: Any) -> bytes:
    return telling("record.amended", {"amends": "event-0", "replacement": replacement})


REPLACEMENT = {"type": "visit.recorded", "time": VISIT["time"], "data": VISIT["data"]}


def refusal(value: bytes | None) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        read_event(value)
    return caught.value


def test_the_message_that_the_others_are_made_of_can_be_read():
    event = read_event(message())
    assert event.data == VisitRecorded.model_validate_json(json.dumps(VISIT["data"]))
    assert event.time == datetime(2021, 1, 4, 9, tzinfo=UTC)


# --- what is no event at all ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        row("no content", None, Reason.EMPTY),
        row("nothing", b"", Reason.EMPTY),
        row("blanks", b" \r\n\t ", Reason.EMPTY),
        row("too large by one byte",
            message() + b" " * (LARGEST + 1 - len(message())), Reason.TOO_LARGE),
        row("bytes of another encoding",
            message().replace(b"Quebec77", b"Qu\xe9bec77"), Reason.NOT_UTF8),
        row("UTF-16", message().decode().encode("utf-16"), Reason.NOT_UTF8),
        row("compressed", b"\x1f\x8b\x08\x00\x00\x00\x00\x00", Reason.NOT_UTF8),
        row("cut short", message()[:-20], Reason.NOT_JSON),
        row("two events in one message", message() + message(), Reason.NOT_JSON),
        row("a byte order mark", b"\xef\xbb\xbf" + message(), Reason.NOT_JSON),
        row("single quotes", message().replace(b'"', b"'"), Reason.NOT_JSON),
        row("a trailing comma", message()[:-1] + b",}", Reason.NOT_JSON),
        row("a line feed inside a text",
            message().replace(b"event-1", b"event\n1"), Reason.NOT_JSON),
        row("half a surrogate", message().replace(b"event-1", b"\\ud800"), Reason.NOT_JSON),
        row("a comma-separated line", b"child:Quebec77;visit;2021-01-04", Reason.NOT_JSON),
        row("XML", b"<visit child='Quebec77'/>", Reason.NOT_JSON),
        row("nested without end", b"[" * 30_000, Reason.NOT_JSON),
        row("objects nested without end", b'{"a":' * 10_000, Reason.NOT_JSON),
        row("a number without end", b"1" * 10_000, Reason.NOT_JSON),
        row("a list of events", b"[" + message() + b"]", Reason.NOT_AN_EVENT),
        row("a text", b'"child:Quebec77"', Reason.NOT_AN_EVENT),
        row("a number", b"4", Reason.NOT_AN_EVENT),
        row("null", b"null", Reason.NOT_AN_EVENT),
        row("an empty object", b"{}", Reason.NOT_AN_EVENT),
        row("no type", message({"type": ABSENT}), Reason.NOT_AN_EVENT),
        row("a type that is not known", message({"type": "visit.planned"}), Reason.UNKNOWN_TYPE),
        row("a type in capitals", message({"type": "Visit.Recorded"}), Reason.UNKNOWN_TYPE),
        row("a type that is a number", message({"type": 7}), Reason.UNKNOWN_TYPE),
        row("a type that is null", message({"type": None}), Reason.UNKNOWN_TYPE),
        row("a type that is a list", message({"type": ["visit.recorded"]}), Reason.UNKNOWN_TYPE),
        row("a field twice",
            message().replace(b'"time"', b'"time": "2020-01-01T00:00:00Z", "time"'),
            Reason.DUPLICATE_FIELD),
        row("a field twice, the same both times",
            message().replace(b'"id"', b'"id": "event-1", "id"'), Reason.DUPLICATE_FIELD),
        row("a field twice, once in disguise",
            message().replace(b'"id"', b'"id": "event-2", "\\u0069d"'), Reason.DUPLICATE_FIELD),
        row("a field of the data twice",
            message().replace(b'"child_seen"', b'"child_seen": false, "child_seen"'),
            Reason.DUPLICATE_FIELD),
        row("a field of a replacement twice",
            amending(REPLACEMENT).replace(b'"method"', b'"method": "virtual", "method"'),
            Reason.DUPLICATE_FIELD),
    ],
)  # fmt: skip
def test_what_is_no_event(value, reason):
    refused = refusal(value)
    assert refused.reason is reason
    assert refused.detail
    assert "Quebec77" not in str(refused)


def test_no_model_is_built_to_read_an_event(monkeypatch):
    """Building one costs 162 µs: fifty times what reading an event does."""

    def built(*args, **options):
        raise AssertionError("a model was built for one event")

    monkeypatch.setattr(TypeAdapter, "__init__", built)
    assert read_event(message()).id == VISIT["id"]


def test_the_largest_message_is_read():
    assert read_event(message() + b" " * (LARGEST - len(message())))


# --- what is an event, but not a possible one -------------------------------------------------


@pytest.mark.parametrize(
    ("value", "field"),
    [
        row("no id", message({"id": ABSENT}), "id"),
        row("an empty id", message({"id": ""}), "id"),
        row("an id with a blank", message({"id": "Quebec 77"}), "id"),
        row("an id that is a number", message({"id": 7}), "id"),
        row("an id too long", message({"id": "x" * 129}), "id"),
        row("no source", message({"source": ABSENT}), "source"),
        row("no subject", message({"subject": ABSENT}), "subject"),
        row("a name for a subject", message({"subject": "child:Jane Quebec77"}), "subject"),
        row("a subject without a kind", message({"subject": "Quebec77"}), "subject"),
        row("a subject of an unknown kind", message({"subject": "dog:Quebec77"}), "subject"),
        row("a subject with a line feed", message({"subject": "child:Quebec77\n"}), "subject"),
        row("a subject of another kind", message({"subject": "worker:Quebec77"}), "subject"),
        row("no time", message({"time": ABSENT}), "time"),
        row("a naive time", message({"time": "2021-01-04T09:00:00"}), "time"),
        row("a date for a time", message({"time": "2021-01-04"}), "time"),
        row("a number for a time", message({"time": 1609750800}), "time"),
        row("a number in a text for a time", message({"time": "1609750800"}), "time"),
        row("a month 13", message({"time": "2021-13-04T09:00:00Z"}), "time"),
        row("a 29 February that was not", message({"time": "2021-02-29T09:00:00Z"}), "time"),
        row("a time before 1950", message({"time": "1949-12-31T23:59:59Z"}), "time"),
        row("a time in 2100",
            message({"time": "2100-01-01T00:00:00Z", "recordedtime": "2100-01-01T00:00:00Z"}),
            "time"),
        row("no recorded time", message({"recordedtime": ABSENT}), "recordedtime"),
        row("a naive recorded time", message({"recordedtime": "2021-01-05T10:00:00"}),
            "recordedtime"),
        row("recorded before it happened", message({"recordedtime": "2021-01-04T08:59:59Z"}),
            "recordedtime"),
        row("recorded before it happened, by its offset",
            message({"recordedtime": "2021-01-04T09:30:00+01:00"}), "recordedtime"),
        row("an unknown field", message({"Subject": "child:Quebec77"}), "Subject"),
        row("another version of CloudEvents", message({"specversion": "0.3"}), "specversion"),
        row("no version of CloudEvents", message({"specversion": ABSENT}), "specversion"),
        row("another content type", message({"datacontenttype": "text/xml"}), "datacontenttype"),
        row("no data", message({"data": ABSENT}), "data"),
        row("data that is a list", message({"data": ["Quebec77"]}), "data"),
        row("data that is null", message({"data": None}), "data"),
        row("an unknown field of the data",
            message({"data.child_name": "Quebec77"}), "data.child_name"),
        row("a field of the data missing", message({"data.kind": ABSENT}), "data.kind"),
        row("an unknown code", message({"data.kind": "Quebec77"}), "data.kind"),
        row("a code in capitals", message({"data.method": "VIRTUAL"}), "data.method"),
        row("a text for yes", message({"data.child_seen": "yes"}), "data.child_seen"),
        row("a number for yes", message({"data.child_seen": 1}), "data.child_seen"),
        row("a team with capitals", message({"data.team": "Quebec77 Team"}), "data.team"),
        row("seen alone, but not seen",
            message({"data.child_seen": False, "data.seen_alone": True}), "data"),
        row("a key with a blank",
            telling("referral.started", {"referral": "Quebec 77", "pathway": "S17"}),
            "data.referral"),
        row("an unknown pathway",
            telling("referral.started", {"referral": "r", "pathway": "S20"}), "data.pathway"),
        row("an unknown source of a referral",
            telling("referral.started", {"referral": "r", "pathway": "S17", "source": "1E"}),
            "data.source"),
        row("an unknown legal status",
            telling("legal_status.changed", {"legal_status": "V1"}), "data.legal_status"),
        row("a post of nought",
            telling("worker.recorded", {"fte": 0}, subject="worker:w"), "data.fte"),
        row("a post of more than one",
            telling("worker.recorded", {"fte": 1.01}, subject="worker:w"), "data.fte"),
        row("a score out of range",
            telling("care_outcomes.recorded", {"sdq_score": 41}), "data.sdq_score"),
        row("a score with a point",
            telling("care_outcomes.recorded", {"sdq_score": 12.5}), "data.sdq_score"),
        row("a distance that is no number",
            telling("placement.started", {"placement": "p", "miles_from_home": float("nan")}),
            "data.miles_from_home"),
        row("a distance without end",
            telling("placement.started", {"placement": "p", "miles_from_home": float("inf")}),
            "data.miles_from_home"),
        row("neither born nor expected", telling("child.registered", {"sex": "F"}), "data"),
        row("a date of birth with a time",
            telling("child.registered", {"born": "2010-01-01T08:00:00"}), "data.born"),
        row("a date of birth with a midnight",
            telling("child.registered", {"born": "2010-01-01T00:00:00+01:00"}), "data.born"),
        row("a number in a text for a date of birth",
            telling("child.registered", {"born": "1262304000"}), "data.born"),
        row("born after it was told",
            telling("child.registered", {"born": "2021-01-05"}), "born"),
        row("born in the year 1", telling("child.registered", {"born": "0001-01-01"}), "born"),
        row("a discussion decided on after it was held",
            telling("strategy_discussion.held",
                    {"discussion": "d", "decided": "2021-01-04T09:00:01Z"}), "decided"),
        row("an arrangement that lies after the event",
            telling("previous_permanence.recorded",
                    {"arrangement": "P1", "arranged": "2021-01-05"}), "arranged"),
        row("an amendment without the id it amends",
            telling("record.amended", {"replacement": REPLACEMENT}), "data.amends"),
        row("an amendment without a replacement",
            telling("record.amended", {"amends": "event-0"}), "data.replacement"),
        row("a replacement that is a text", amending("Quebec77"), "data.replacement"),
        row("a replacement with an unknown code",
            amending({**REPLACEMENT, "data": {**VISIT["data"], "kind": "Quebec77"}}),
            "data.replacement.data.kind"),
        row("a replacement that lies after the amendment",
            amending({**REPLACEMENT, "time": "2021-01-04T09:00:01Z"}), "replacement.time"),
        row("a replacement about another kind of subject",
            amending({**REPLACEMENT, "type": "contact.received", "data": {"source": "1A"}}),
            "replacement"),
        row("a withdrawal of nothing", telling("record.voided", {}), "data.voids"),
        row("a tick about a child", telling("clock.ticked", {}), "subject"),
    ],
)  # fmt: skip
def test_an_impossible_event_is_refused_with_the_name_of_its_field(value, field):
    refused = refusal(value)
    assert refused.reason is Reason.INVALID
    assert field in refused.detail
    assert "Quebec77" not in str(refused)


@pytest.mark.parametrize(
    "value",
    [
        row("no type", amending({"time": VISIT["time"], "data": VISIT["data"]})),
        row("an unknown type", amending({**REPLACEMENT, "type": "Quebec77"})),
        row("a type that is itself a correction",
            amending({**REPLACEMENT, "type": "record.voided", "data": {"voids": "event-9"}})),
    ],
)  # fmt: skip
def test_a_replacement_of_no_known_type_is_a_mistake_in_the_replacement(value):
    refused = refusal(value)
    assert refused.reason in (Reason.INVALID, Reason.UNKNOWN_TYPE)
    assert "data.replacement" in refused.detail
    assert "Quebec77" not in str(refused)


def test_every_wrong_field_is_named():
    refused = refusal(message({"id": ABSENT, "time": "soon", "data.kind": "tea"}))
    named = [part.partition(":")[0] for part in refused.detail.split("; ")]
    assert named == ["id", "time", "data.kind"]


def test_of_very_many_wrong_fields_the_first_are_named():
    refused = refusal(message({f"field_{n}": n for n in range(50)}))
    assert "and 45 more" in refused.detail
    assert len(refused.detail) < 1000


@pytest.mark.parametrize(
    "value",
    [
        row("in the name of a field", message({"Jane Quebec77": True})),
        row("as the type of a replacement, beside another mistake",
            message({"id": ABSENT}, json.loads(amending({**REPLACEMENT, "type": "Quebec77"})))),
        row("as a code, among many mistakes",
            message({"id": ABSENT, "data.kind": "Quebec77", "data.method": "Quebec77"})),
        row("as a broken text", b'{"subject": "child:Quebec77'),
        row("as the type", message({"type": "Quebec77"})),
        row("in a field that stands twice",
            message().replace(b'"id"', b'"Jane Quebec77": 1, "Jane Quebec77": 2, "id"')),
    ],
)  # fmt: skip
def test_no_refusal_repeats_what_might_be_somebodys_words(value):
    assert "Quebec77" not in str(refusal(value))


def test_no_refusal_repeats_a_date():
    told = {"arrangement": "P1", "arranged": "2021-01-17"}
    assert "2021-01-17" not in str(refusal(telling("previous_permanence.recorded", told)))


def test_a_day_is_the_local_day_of_the_event():
    """00:30 on 1 July in London is 23:30 on 30 June in UTC."""
    event = read_event(
        telling(
            "previous_permanence.recorded",
            {"arrangement": "P1", "arranged": "2021-07-01"},
            time="2021-06-30T23:30:00Z",
            recordedtime="2021-06-30T23:30:00Z",
        )
    )
    assert str(event.data.arranged) == "2021-07-01"


# --- every type of event ----------------------------------------------------------------------


def _event(event_type: str) -> Event[Any]:
    data = next(model for model in FACTS if event_type == model.TYPE)
    kind = data.ABOUT[0]
    told = data_of(Random(event_type), data)
    return event_of(fact(told, "2021-01-04 09:00", subject=f"{kind}:k1"))


def event_of(told: Fact) -> Event[Any]:
    return make_event(
        told.data,
        id=told.id,
        source=told.source,
        subject=told.subject,
        time=told.time,
        recorded=told.recorded,
    )


FACT_TYPES = [model.TYPE for model in FACTS]


@pytest.mark.parametrize("event_type", FACT_TYPES)
def test_every_type_can_be_written_and_read(event_type):
    event = _event(event_type)
    written = write_event(event)
    assert read_event(written) == event
    assert b"\n" not in written
    assert b"null" not in written


@pytest.mark.parametrize("event_type", FACT_TYPES)
@pytest.mark.parametrize("changes", [{"data.surprise": 1}, {"surpriseOf": 1}], ids=str)
def test_every_type_refuses_an_unknown_field(event_type, changes):
    told = json.loads(write_event(_event(event_type)))
    assert "surprise" in refusal(message(changes, told)).detail


@pytest.mark.parametrize("event_type", FACT_TYPES)
@pytest.mark.parametrize("field", ["time", "recordedtime"])
def test_every_type_refuses_a_naive_time(event_type, field):
    told = json.loads(write_event(_event(event_type)))
    refused = refusal(message({field: "2021-01-04T09:00:00"}, told))
    assert refused.reason is Reason.INVALID
    assert field in refused.detail


@pytest.mark.parametrize("event_type", FACT_TYPES)
def test_every_type_is_about_its_own_kinds_of_subject_alone(event_type):
    told = json.loads(write_event(_event(event_type)))
    about = EVENTS[event_type].model_fields["data"].annotation.ABOUT
    for kind in {"child", "contact", "worker", "household", "legal_case", "clock"} - set(about):
        assert "subject" in refusal(message({"subject": f"{kind}:k1"}, told)).detail


@pytest.mark.parametrize("event_type", FACT_TYPES)
def test_every_field_without_a_default_must_be_told(event_type):
    told = json.loads(write_event(_event(event_type)))
    model = EVENTS[event_type].model_fields["data"].annotation
    for name, field in model.model_fields.items():
        if field.is_required():
            assert f"data.{name}" in refusal(message({f"data.{name}": ABSENT}, told)).detail


def test_an_amendment_may_replace_any_fact():
    for model in FACTS:
        subject = f"{model.ABOUT[0]}:k1"
        told = fact(data_of(Random(model.TYPE), model), subject=subject)
        event = event_of(amended(told, told, "2021-01-05"))
        assert read_event(write_event(event)) == event


def test_a_tick_can_be_written_and_read():
    tick = message({"type": "clock.ticked", "subject": "clock:0", "data": {}})
    event = read_event(tick)
    assert read_event(write_event(event)) == event


@pytest.mark.parametrize(
    ("told", "mistake"),
    [
        row("recorded before it happened", fact(visit("2021-01-04").data, recorded="2020-01-01"),
            "recordedtime"),
        row("about the wrong kind of subject",
            fact(referral("2021-01-04").data, subject="worker:w1"), "subject"),
        row("with a name for a subject",
            fact(referral("2021-01-04").data, subject="child:Jane Doe"), "subject"),
        row("outside of time", fact(RecordVoided(voids="e"), "1949-01-01"), "time"),
    ],
)  # fmt: skip
def test_what_could_not_be_read_is_not_made(told, mistake):
    with pytest.raises(ValidationError, match=mistake):
        event_of(told)


def test_a_fact_has_its_times_in_utc_and_its_day_in_london():
    event = read_event(
        message({"time": "2021-07-01T00:30:00+01:00", "recordedtime": "2021-07-01T09:00:00+01:00"})
    )
    told = Fact.of(event)
    assert told.time == datetime(2021, 6, 30, 23, 30, tzinfo=UTC)
    assert told.time.tzinfo is UTC
    assert str(told.day) == "2021-07-01"
    assert told.recorded - told.time == timedelta(hours=8, minutes=30)


# --- by chance --------------------------------------------------------------------------------

LONG = os.environ.get("CASEPULSE_HYPOTHESIS") == "long"  # as in tests/generative
by_chance = settings(
    max_examples=3000 if LONG else 100,
    derandomize=not LONG,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


@by_chance
@given(worlds)
def test_whatever_happens_can_be_written_and_read(world: World) -> None:
    for told in world.facts:
        event = event_of(told)
        again = read_event(write_event(event))
        assert again == event
        assert Fact.of(again) == told


def _read_or_refused(value: bytes) -> str:
    """The words of the refusal; none if it can be read. Any other exception is a failure."""
    try:
        read_event(value)
    except Unreadable as error:
        refused = error
    else:
        return ""
    assert refused.reason in Reason
    assert refused.detail
    return str(refused)


@by_chance
@given(st.binary(max_size=300))
def test_any_bytes_are_an_event_or_are_refused(value):
    _read_or_refused(value)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@by_chance
@given(json_values)
def test_any_json_is_an_event_or_is_refused(told):
    _read_or_refused(json.dumps(told).encode())


@by_chance
@given(
    st.sampled_from(sorted(EVENTS)),
    st.dictionaries(st.sampled_from([*VISIT, "extra"]), json_values, max_size=3),
    json_values,
)
def test_any_values_in_the_fields_of_an_event_are_read_or_refused(event_type, changes, data):
    told = {**VISIT, "type": event_type, "data": data, **changes}
    _read_or_refused(json.dumps(told).encode())


def _fields(told: dict[str, Any]) -> list[tuple[dict[str, Any], str]]:
    """Every field of a JSON object, at every depth, with the object that it stands in."""
    found = [(told, name) for name in told]
    for value in told.values():
        if isinstance(value, dict):
            found += _fields(value)
    return found


#: Words that must not be repeated; they stand nowhere else.
SECRETS = ["child:Tango88", "Jane Tango88", "tango88", "2017-08-19", "2017-08-19T10:11:12Z"]


def _mutated(told: dict[str, Any], random: Random) -> bytes:
    """A valid message after one or two things were done to it."""
    for _ in range(random.randint(1, 2)):
        inner, name = random.choice(_fields(told) or [(told, "id")])
        secret = random.choice(SECRETS)
        match random.randrange(5):
            case 0:
                inner.pop(name, None)
            case 1:
                inner[name] = secret
            case 2:
                inner[name] = random.choice([None, 7, -1.5, True, [], {}, "", [secret]])
            case 3:
                inner[random.choice(["extra", "type", "team", "data"])] = inner.get(name)
            case _:
                inner[name] = {"type": secret, "data": {}}
    value = bytearray(json.dumps(told).encode())
    if random.random() < 0.3:
        place = random.randrange(len(value))
        match random.randrange(3):
            case 0:
                value[place] = random.randrange(256)
            case 1:
                del value[place : place + random.randint(1, 30)]
            case _:
                value[place:place] = value[: random.randint(1, 30)]
    return bytes(value)


@by_chance
@given(worlds)
def test_a_mutated_event_is_read_or_refused_and_no_refusal_repeats_a_key_or_a_value(
    world: World,
) -> None:
    random = world.random
    for told in world.facts:
        event = json.loads(write_event(event_of(told)))
        event["subject"] = f"{event['subject'].partition(':')[0]}:Tango88"
        event["id"] = "Tango88"
        words = _read_or_refused(_mutated(event, random)).lower()
        assert "tango88" not in words
        assert "2017-08-19" not in words
