"""An archive of the events topic: a Parquet file a partition, each case together.

Libraries: pyarrow for Parquet, fsspec for where it lies (a directory, or an
object store by its URL). The same messages give the same bytes.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq

from schemas.events import read_event
from schemas.release import Reading
from streams.tellings import NOTHING_READ, Part, SourceError, Telling

_INSTANT = pa.timestamp("us", tz="UTC")

#: A row an event: whose it is, when it was recorded and happened, its place, and all of it as JSON.
SCHEMA = pa.schema(
    [
        ("subject", pa.string()),
        ("recorded", _INSTANT),
        ("source", pa.string()),
        ("id", pa.string()),
        ("type", pa.string()),
        ("time", _INSTANT),
        ("offset", pa.int64()),
        ("event", pa.binary()),
    ]
)

#: Rows that are read or written at once.
ROWS = 50_000

#: Where a file's metadata says what was read to make it, and what of it was archived.
_PART, _READING = b"casepulse.part", b"casepulse.reading"


@dataclass(frozen=True, slots=True)
class ArchivedPart:
    """One file of an archive."""

    url: str
    name: str
    size: int
    reading: Reading
    end: int
    """The offset to stop before."""
    by_subject: bool = True

    def already(self) -> Reading:
        """What was read to make it."""
        return self.reading

    def tellings(self) -> Iterator[Telling]:
        """Every event before `end`, case by case."""
        with fsspec.open(self.url, "rb") as file, closing(pq.ParquetFile(file)) as table:
            for batch in table.iter_batches(ROWS, columns=["offset", "event"]):
                offsets, events = batch.column(0).to_pylist(), batch.column(1).to_pylist()
                for offset, value in zip(offsets, events, strict=True):
                    if offset < self.end:
                        yield Telling(offset, read_event(value), value)


def archive_parts(url: str, read_to: dict[str, int] | None = None) -> list[Part]:
    """The files of an archive.

    Args:
        url: its directory, or the URL of its folder in an object store.
        read_to: by part, the offset to stop before. None: all of it.

    Raises:
        SourceError: there is no archive, it is not whole, or it does not reach so far.
    """
    system, path = fsspec.url_to_fs(url)
    names = sorted(system.glob(f"{path}/events-*.parquet"))
    if not names:
        raise SourceError(f"{url}: holds no events-….parquet; make one with: casepulse archive")
    parts: list[Part] = []
    for name in names:
        with system.open(name, "rb") as file:
            told = pq.ParquetFile(file)
            metadata = told.schema_arrow.metadata or {}
            if _PART not in metadata or _READING not in metadata:
                raise SourceError(f"{name}: was not made by casepulse archive")
            part, reading = (
                metadata[_PART].decode(),
                Reading.model_validate_json(metadata[_READING]),
            )
            address, rows = system.unstrip_protocol(name), told.metadata.num_rows
        holds = reading.read_to[part]
        end = holds if read_to is None else read_to.get(part, 0)
        if end > holds:
            raise SourceError(f"{name}: holds {part} up to offset {holds}; {end} is asked for")
        parts.append(ArchivedPart(address, part, rows, reading, end))
    expected = json.loads(_index(url))
    if [part.name for part in parts] != expected:
        raise SourceError(f"{url}: is not whole; it must hold {len(expected)} files. Make it again")
    return parts


def _index(url: str) -> str:
    system, path = fsspec.url_to_fs(url)
    try:
        text: str = system.read_text(f"{path}/archive.json")
    except FileNotFoundError:
        raise SourceError(f"{url}: its making was broken off; make it again") from None
    return text


def write_archived(
    part: Part, url: str, number: int, progress: Callable[[int], None] = lambda count: None
) -> Reading:
    """Archive a part as one file; what was read, and what of it was left out as said already.

    Args:
        part: of which source.
        url: the archive's directory.
        number: which file it will be.
        progress: is told of so many messages more.
    """
    columns: dict[str, list[Any]] = {name: [] for name in SCHEMA.names}
    messages = unreadable = end = 0
    for telling in part.tellings():
        messages += 1
        end = telling.offset + 1
        if messages % 1000 == 0:
            progress(1000)
        unreadable += telling.unreadable
        event = telling.event
        if event is None:
            continue
        row = (event.subject, event.recordedtime, event.source, event.id, event.type, event.time)
        for name, cell in zip(SCHEMA.names, (*row, telling.offset, telling.value), strict=True):
            columns[name].append(cell)
    progress(messages % 1000)
    table = pa.table(columns, schema=SCHEMA)
    order = ("subject", "recorded", "source", "id", "event", "offset")
    table = table.sort_by([(name, "ascending") for name in order])
    kept = _without_repeats(table)
    reading = Reading(
        read_to={part.name: end},
        messages=messages,
        repeated=table.num_rows - kept.num_rows,
        unreadable=unreadable,
        unknown_yet=0,
    )
    kept = kept.replace_schema_metadata(
        {_PART: part.name.encode(), _READING: reading.model_dump_json().encode()}
    )
    system, path = fsspec.url_to_fs(url)
    system.makedirs(path, exist_ok=True)
    with system.open(f"{path}/events-{number:03}.parquet", "wb") as file:
        pq.write_table(kept, file, row_group_size=ROWS, compression="zstd")
    return reading


def write_index(url: str, names: list[str]) -> None:
    """Say that the archive is whole: which parts it must hold. The last thing that is written."""
    system, path = fsspec.url_to_fs(url)
    system.write_text(f"{path}/archive.json", json.dumps(names) + "\n")


def clear(url: str) -> None:
    """Take away an archive, its index first."""
    system, path = fsspec.url_to_fs(url)
    if system.exists(f"{path}/archive.json"):
        system.rm(f"{path}/archive.json")
    for name in system.glob(f"{path}/events-*.parquet"):
        system.rm(name)


def _without_repeats(table: pa.Table) -> pa.Table:
    """Of a sorted table, the first of each message that was told word for word again."""
    keep: list[bool] = []
    before: tuple[object, ...] | None = None
    for batch in table.select(["source", "id", "event"]).to_batches(ROWS):
        columns = (batch.column(name).to_pylist() for name in ("source", "id", "event"))
        for row in zip(*columns, strict=True):
            keep.append(row != before)
            before = row
    return table.filter(pa.array(keep, pa.bool_()))


def together(readings: list[Reading]) -> Reading:
    """What was read of all parts."""
    whole = NOTHING_READ
    for each in readings:
        whole = Reading(
            read_to=whole.read_to | each.read_to,
            messages=whole.messages + each.messages,
            repeated=whole.repeated + each.repeated,
            unreadable=whole.unreadable + each.unreadable,
            unknown_yet=whole.unknown_yet + each.unknown_yet,
        )
    return whole
