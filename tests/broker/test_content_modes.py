"""Events as other systems' producers send them: structured, binary, with extensions, in batches.

The producer is the CloudEvents project's own SDK. Worker, batch and archive must read the same.
"""

from pathlib import Path
from typing import Any

import pytest
from cloudevents.core.bindings.kafka import to_binary, to_structured
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from redis import Redis

from casepulse.agents.dead_letters import read_letters, replay
from casepulse.batch.archive import archive_parts
from casepulse.batch.archiving import archive
from casepulse.batch.source_parts import Part, topic_parts
from casepulse.counties.scenario import scenario
from casepulse.schemas.envelope import Event
from casepulse.schemas.events import Reason, write_event
from casepulse.schemas.view import CellView
from casepulse.state import Fact, Figures, evaluate, open_catalogue
from casepulse.state.viewing import cell_view
from casepulse.streams.security import kafka_python_options
from casepulse.streams.settings import Settings
from casepulse.streams.topics import Topics
from tests.running import (
    installation,
    is_tick,
    oracle,
    read_count,
    send_tick,
    wait_for,
    wait_for_letters,
    wait_until_read,
    workers,
)

pytestmark = pytest.mark.broker

_EVENTS = list(scenario(seed=14, children=15, months=2))
_LAST_TICK = _EVENTS[-1]
_FACTS = [event for event in _EVENTS if not is_tick(event)]
_TRACE = "00-0af7651916cd43dd8448eb211c80319c-{:016x}-01"


_Headers = list[tuple[str, bytes]]
_Sent = tuple[bytes, bytes, _Headers]


def _from_sdk(event: Event[Any], number: int, made: Any) -> _Sent:
    told = JSONFormat().read(CloudEvent, write_event(event))
    attributes = {
        **told.get_attributes(),
        "datacontenttype": "application/json; charset=utf-8",
        "dataschema": "https://schemas.example/events/1",
        "traceparent": _TRACE.format(number + 1),
        "partitionkey": event.subject,
    }
    sent = made(CloudEvent(attributes, told.get_data()), JSONFormat())
    return sent.key.encode(), sent.value, list(sent.headers.items())


def _send(settings: Settings, messages: list[_Sent]) -> int:
    producer = KafkaProducer(**kafka_python_options(settings), acks="all", linger_ms=20)
    topic = Topics.of(settings).events.name
    sent = [producer.send(topic, key=key, value=value, headers=of) for key, value, of in messages]
    producer.flush()
    for future in sent:
        future.get(timeout=10)
    producer.close()
    return len(sent)


def _records(settings: Settings, topic: str, partitions: int) -> list[Any]:
    """Everything that stands in a topic."""
    consumer = KafkaConsumer(**kafka_python_options(settings), auto_offset_reset="earliest")
    places = [TopicPartition(topic, number) for number in range(partitions)]
    consumer.assign(places)
    ends = consumer.end_offsets(places)
    found: list[Any] = []
    while any(consumer.position(place) < ends[place] for place in places):
        for records in consumer.poll(timeout_ms=1000).values():
            found += records
    consumer.close()
    return found


def _batch(parts: list[Part], at: Any) -> list[CellView]:
    catalogue = open_catalogue()
    tellings = (telling for part in parts for telling in part.tellings())
    facts = [Fact.of(telling.event) for telling in tellings if telling.event is not None]
    figures = Figures(evaluate(facts, catalogue, at), catalogue, at)
    return [cell_view(figure) for figure in figures.cells()]


def test_what_comes_in_any_mode_is_counted_once_by_all_and_letters_are_replayed_as_they_came(
    kafka_address: str, redis_url: str, redis_client: Redis, tmp_path: Path
) -> None:
    settings = installation(kafka_address, redis_url, "content-modes")
    modes = (to_binary, to_structured)
    messages = [_from_sdk(event, n, modes[n % 2]) for n, event in enumerate(_FACTS)]
    twice = [_from_sdk(event, n, modes[1 - n % 2]) for n, event in enumerate(_FACTS[:40])]
    # Two of each mode under a wrong key, each with a header of somebody's, and one of no event.
    away = [
        (b"child:other", value, [*headers, ("x-sent-by", b"\xffgateway"), ("x-sent-by", b"")])
        for _, value, headers in messages[:4]
    ]
    # Headers that no letter has room for: the letter must be taken all the same.
    many = (b"child:x", b"no event", [("x-sent-by", b"x" * 600_000)])
    batch = (
        b"child:x",
        b"[" + write_event(_FACTS[0]) + b"]",
        [("content-type", b"application/cloudevents-batch+json; charset=utf-8")],
    )
    with workers(settings, tmp_path / "first") as [worker]:
        sent = _send(settings, [*messages[4:], *twice[4:], *away, batch, many])
        wait_for(settings, lambda meta: read_count(meta) == sent)
        letters = wait_for_letters(settings, 6)
        reasons = sorted(letter.reason for letter in letters)
        assert reasons == [Reason.BATCHED, Reason.NOT_JSON, *[Reason.WRONG_KEY] * 4]
        _letters_carry_the_trace_and_the_headers_on(settings, away, worker.log.read_text())
        published, unread = replay(settings, letters)
        assert (published, len(unread)) == (4, 2)
        sent += published + send_tick(settings, _LAST_TICK)
        view = wait_until_read(settings, sent, _LAST_TICK.time)
        expected = oracle(_FACTS, _LAST_TICK.time)
        assert view.cells() == expected
        assert worker.stop() == 0
    assert {letter.reason for letter in read_letters(settings)} == {Reason.BATCHED, Reason.NOT_JSON}
    events = _records(settings, Topics.of(settings).events.name, settings.partitions)
    there = [(record.value, list(record.headers)) for record in events]
    for key, value, headers in away:
        assert there.count((value, headers)) == 2, f"not replayed as it came: {key!r}"
    # What is restored, what the batch reads and what is archived are the same.
    redis_client.flushdb()
    with workers(settings, tmp_path / "second"):
        assert wait_until_read(settings, sent, _LAST_TICK.time).cells() == expected
    parts = topic_parts(settings)
    assert _batch(parts, _LAST_TICK.time) == expected
    url = str(tmp_path / "archive")
    reading = archive(parts, url, None, lambda count: None)
    assert (reading.messages, reading.unreadable) == (sent, 6)
    assert _batch(archive_parts(url), _LAST_TICK.time) == expected
    kept = b"".join(telling.value for part in archive_parts(url) for telling in part.tellings())
    rows = _records(settings, Topics.of(settings).changelog.name, settings.partitions)
    kept += b"".join(row.value for row in rows)
    assert b"traceparent" not in kept
    assert b"schemas.example" not in kept


def _letters_carry_the_trace_and_the_headers_on(
    settings: Settings, away: list[_Sent], log: str
) -> None:
    records = _records(settings, Topics.of(settings).dead_letters.name, 1)
    by_value = {record.value: record for record in records}
    for number, (_, value, headers) in enumerate(away):
        told = list(by_value[value].headers)
        assert ("traceparent", _TRACE.format(number + 1).encode()) in told
        assert [(f"original.{name}", of) for name, of in headers] == told[-len(headers) :]
        assert _TRACE.format(number + 1) in log
    assert "schemas.example" not in log
    assert "gateway" not in log
