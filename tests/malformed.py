"""Malformed messages of many kinds, each with the reason that it must be set aside for."""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from casepulse.schemas.events import Reason
from casepulse.schemas.events.reading import LARGEST

_GOOD: dict[str, Any] = {
    "specversion": "1.0",
    "id": "good",
    "source": "test",
    "type": "visit.recorded",
    "subject": "child:k1",
    "time": "2021-01-05T10:00:00+00:00",
    "recordedtime": "2021-01-05T12:00:00+00:00",
    "data": {"kind": "protection_plan", "method": "virtual", "child_seen": True},
}


@dataclass(frozen=True)
class Malformed:
    """A message, what is wrong with it, and why it must be set aside."""

    kind: str
    reason: str
    message: tuple[bytes | None, bytes | None]
    refused_by_reading: bool = True
    """False where the content is an event, and only the key is wrong."""


def _dump(event: dict[str, Any]) -> bytes:
    return json.dumps(event).encode()


def _with(**changed: Any) -> Callable[[random.Random, str], bytes]:
    return lambda chance, name: _dump({**_GOOD, "id": name, **changed})


def _data(type_: str = "visit.recorded", **data: Any) -> Callable[[random.Random, str], bytes]:
    return lambda chance, name: _dump({**_GOOD, "id": name, "type": type_, "data": data})


def _without(field: str) -> Callable[[random.Random, str], bytes]:
    return lambda chance, name: _dump(
        {key: value for key, value in {**_GOOD, "id": name}.items() if key != field}
    )


_VISIT = _GOOD["data"]

_KINDS: dict[str, tuple[Reason, Callable[[random.Random, str], bytes | None]]] = {
    "nothing": (Reason.EMPTY, lambda chance, name: b""),
    "null": (Reason.EMPTY, lambda chance, name: None),
    "blank": (Reason.EMPTY, lambda chance, name: b" \n" * chance.randrange(1, 9)),
    "truncated": (
        Reason.NOT_JSON,
        lambda chance, name: _dump({**_GOOD, "id": name})[: chance.randrange(1, 200)],
    ),
    "trailing rubbish": (Reason.NOT_JSON, lambda chance, name: _dump(_GOOD) + b"}"),
    "two events": (Reason.NOT_JSON, lambda chance, name: _dump(_GOOD) * 2),
    "not utf-8": (
        Reason.NOT_UTF8,
        lambda chance, name: _dump({**_GOOD, "id": name}).replace(b"virtual", b"virt\xff\xfel"),
    ),
    "utf-16": (Reason.NOT_UTF8, lambda chance, name: _dump(_GOOD).decode().encode("utf-16")),
    "random bytes": (Reason.NOT_UTF8, lambda chance, name: b"\xff" + chance.randbytes(60)),
    "xml": (Reason.NOT_JSON, lambda chance, name: b"<event id='1'/>"),
    "csv": (Reason.NOT_JSON, lambda chance, name: b"child,k1,2021-01-05"),
    "single quotes": (Reason.NOT_JSON, lambda chance, name: str(_GOOD).encode()),
    "deep": (Reason.NOT_JSON, lambda chance, name: b"[" * 20_000),
    "deep object": (
        Reason.NOT_JSON,
        lambda chance, name: b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    ),
    "huge": (
        Reason.TOO_LARGE,
        lambda chance, name: _dump({**_GOOD, "id": name, "x": "y" * (LARGEST + 1)}),
    ),
    "a number": (Reason.NOT_AN_EVENT, lambda chance, name: b"42"),
    "a list": (Reason.NOT_AN_EVENT, lambda chance, name: b"[" + _dump(_GOOD) + b"]"),
    "a text": (Reason.NOT_AN_EVENT, lambda chance, name: b'"event"'),
    "json null": (Reason.NOT_AN_EVENT, lambda chance, name: b"null"),
    "no type": (Reason.NOT_AN_EVENT, _without("type")),
    "empty object": (Reason.NOT_AN_EVENT, lambda chance, name: b"{}"),
    "unknown type": (Reason.UNKNOWN_TYPE, _with(type="visit.imagined")),
    "type is a number": (Reason.UNKNOWN_TYPE, _with(type=7)),
    "duplicate key": (
        Reason.DUPLICATE_FIELD,
        lambda chance, name: _dump(_GOOD).replace(b'"id"', b'"id": "other", "id"', 1),
    ),
    "duplicate key inside": (
        Reason.DUPLICATE_FIELD,
        lambda chance, name: _dump(_GOOD).replace(b'"kind"', b'"child_seen" :false, "kind"', 1),
    ),
    "unknown field": (Reason.INVALID, _with(Colour="green")),
    "unknown field inside": (Reason.INVALID, _data(**_VISIT, mood="good")),
    "no id": (Reason.INVALID, _without("id")),
    "no subject": (Reason.INVALID, _without("subject")),
    "no data": (Reason.INVALID, _without("data")),
    "subject with a space": (Reason.INVALID, _with(subject="child:a name")),
    "subject of another kind": (Reason.INVALID, _with(subject="worker:w1")),
    "naive time": (Reason.INVALID, _with(time="2021-01-05T10:00:00")),
    "time is a number": (Reason.INVALID, _with(time=1_609_840_800)),
    "time is a word": (Reason.INVALID, _with(time="yesterday")),
    "30 February": (Reason.INVALID, _with(time="2021-02-30T10:00:00+00:00")),
    "year 3021": (Reason.INVALID, _with(time="3021-01-05T10:00:00+00:00")),
    "recorded before it happened": (
        Reason.INVALID,
        _with(recordedtime="2021-01-04T10:00:00+00:00"),
    ),
    "other specversion": (Reason.INVALID, _with(specversion="0.3")),
    "unknown code": (Reason.INVALID, _data(**{**_VISIT, "kind": "social"})),
    "text for a boolean": (Reason.INVALID, _data(**{**_VISIT, "child_seen": "yes"})),
    "number for a boolean": (Reason.INVALID, _data(**{**_VISIT, "child_seen": 1})),
    "seen alone, not seen": (
        Reason.INVALID,
        _data(**{**_VISIT, "child_seen": False, "seen_alone": True}),
    ),
    "data of another type": (Reason.INVALID, _data("referral.started", **_VISIT)),
    "decided after held": (
        Reason.INVALID,
        _data("strategy_discussion.held", discussion="d1", decided="2021-01-09T10:00:00Z"),
    ),
    "score of 41": (Reason.INVALID, _data("care_outcomes.recorded", sdq_score=41)),
    "amends itself into nothing": (Reason.INVALID, _data("record.amended", amends="x")),
    "voids nobody": (Reason.INVALID, _data("record.voided")),
}


def malformed(count: int, seed: int) -> Iterator[Malformed]:
    """So many malformed messages, the kinds in turn; among them some that are events, but stand
    under a wrong key or were recorded on a day that has not come."""
    chance = random.Random(seed)
    kinds = list(_KINDS.items())
    for number in range(count):
        place = number % (len(kinds) + 2)
        name = f"bad-{seed}-{number}"
        if place == len(kinds) + 1:
            value = _dump({**_GOOD, "id": name, "recordedtime": "2099-01-05T12:00:00+00:00"})
            message = b"child:k1", value
            yield Malformed("the future", Reason.IN_THE_FUTURE.value, message, False)
            continue
        if place == len(kinds):
            value = _dump({**_GOOD, "id": name})
            key = chance.choice([None, b"", b"child:k2", b"\xff"])
            yield Malformed("wrong key", Reason.WRONG_KEY.value, (key, value), False)
            continue
        kind, (reason, make) = kinds[place]
        yield Malformed(kind, reason.value, (b"child:k1", make(chance, name)))
