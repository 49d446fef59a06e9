"""A fact as it is compared and told: what it says, as JSON, and a digest of that.

Millions of them pass by: the models in which a source has them are not needed for that any more.
"""

from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from hashlib import sha256
from typing import NamedTuple

import orjson

from casepulse.schemas.envelope import Data
from casepulse.streams.sources.extract import Said

#: Bytes of a digest that are kept.
_KEPT = 16


class Weighed(NamedTuple):
    """What a source says of one fact; `Said` has the words."""

    subject: str
    id: str
    type: str
    time: datetime
    """UTC."""
    digest: bytes
    """Of what it says; see `digest_of`."""
    data: bytes
    """What it says, in the JSON of an event."""
    or_else: tuple[bytes, ...]
    """Digests."""
    unless_known: bool
    unless_told: str
    by_then: bool
    not_at_first: bool
    latest_of: str
    in_part: bool


def weigh(said: Said) -> Weighed:
    """A fact without its model."""
    data = said.data
    digest, written = _often(data) if _compares_as_written(type(data)) else _put(data)
    return Weighed(
        said.subject,
        said.id,
        data.TYPE,
        said.time.astimezone(UTC),
        digest,
        written,
        tuple(map(digest_of, said.or_else)) if said.or_else else (),
        said.unless_known,
        said.unless_told,
        said.by_then,
        said.not_at_first,
        said.latest_of,
        said.in_part,
    )


def _put(data: Data) -> tuple[bytes, bytes]:
    return digest_of(data), data.model_dump_json(exclude_none=True).encode()


#: Of visits there are a million, and they say one of a few things.
_often = lru_cache(maxsize=1 << 14)(_put)


@cache
def _compares_as_written(kind: type[Data]) -> bool:
    """Whether what is equal is written the same. An instant is the same in whatever zone."""
    return not any("datetime" in str(each.annotation) for each in kind.model_fields.values())


def digest_of(data: Data) -> bytes:
    """The beginning of the SHA-256 of what a fact says. What it leaves out, or what is so by
    default, is no part of it: a field that events are given later changes no digest."""
    said = data.model_dump(mode="json", exclude_defaults=True)
    return sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).digest()[:_KEPT]


def line_of(fact: Weighed, source: str, recorded: datetime) -> bytes:
    """The event that tells a fact for the first time, as `casepulse.schemas.events.write_event` has
    it: without its model, for there may be millions of them.

    Args:
        fact: it.
        source: the event's.
        recorded: when it was (UTC).
    """
    return (
        b'{"specversion":"1.0","id":%b,"source":%b,"type":%b,"subject":%b,"time":%b,'
        b'"recordedtime":%b,"datacontenttype":"application/json","data":%b}'
    ) % (
        orjson.dumps(fact.id),
        _text(source),
        _text(fact.type),
        orjson.dumps(fact.subject),
        _instant(fact.time),
        _instant(recorded),
        fact.data,
    )


_text = lru_cache(maxsize=256)(orjson.dumps)


@lru_cache(maxsize=1 << 16)
def _instant(time: datetime) -> bytes:
    return b'"%b"' % time.isoformat().replace("+00:00", "Z").encode()


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@lru_cache(maxsize=1 << 16)
def microseconds(time: datetime) -> int:
    """An instant as it is kept: since 1970 (UTC)."""
    return (time - _EPOCH) // _MICROSECOND


@lru_cache(maxsize=1 << 16)
def instant(kept: int) -> datetime:
    """The same, back (UTC)."""
    return _EPOCH + timedelta(microseconds=kept)
