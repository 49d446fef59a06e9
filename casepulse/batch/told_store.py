"""Where a source's state lies between two extracts: `told.parquet`, in a directory or object store.

It says that something was told only once Kafka has it. Until then what is being told lies beside
it: a run that was killed meanwhile is brought to its end first, with the same events, whatever the
next extract says. So nothing is told that no state knows of.
"""

import io
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from casepulse.batch.archive_index import place_of
from casepulse.schemas.envelope import Event
from casepulse.schemas.events import read_event, write_event
from casepulse.schemas.stored import StoredError
from casepulse.schemas.stored.told import TOLD, StoredTold
from casepulse.streams.committed import SourceError
from casepulse.streams.sources.difference import Changes
from casepulse.streams.sources.told import Place, Record, Told
from casepulse.streams.whole_objects import put_whole

FILE = "told.parquet"

#: The state as it will be, and the events that lead to it: there while they are being told.
NEW, TELLING = f"{FILE}.new", "telling.jsonl"

_INSTANT = pa.timestamp("us", tz="UTC")

#: A row a fact.
SCHEMA = pa.schema(
    [
        ("subject", pa.string()),
        ("id", pa.string()),
        ("type", pa.string()),
        ("time", _INSTANT),
        ("digest", pa.binary()),
        ("holds", pa.bool_()),
        ("recorded", _INSTANT),
    ]
)

#: Where the file's metadata says whose it is.
_HEAD = b"casepulse.told"

#: Publishes events, and returns when all are acknowledged.
Publish = Callable[[Iterable[tuple[Event[Any], bytes]]], None]


class ToldStore:
    """The state of one source. Two runs at once there may not be.

    Args:
        url: its directory, or the URL of its folder in an object store.
        source: whose.
    """

    def __init__(self, url: str, source: str) -> None:
        self.url = url
        self.source = source
        self._system, self._path = place_of(url)

    def read(self) -> Told:
        """What was told; nothing, where there is no state yet.

        Raises:
            SourceError: it is that of another source, of a later version, or can't be read.
        """
        try:
            with self._system.open(self._at(FILE), "rb") as file:
                table = pq.read_table(file)
        except FileNotFoundError:
            return Told()
        except pa.ArrowException as error:
            raise SourceError(f"{self._at(FILE)}: can't be read: {error}") from None
        try:
            head = TOLD.read((table.schema.metadata or {}).get(_HEAD, b""))
        except StoredError as error:
            raise SourceError(f"{self._at(FILE)}: {error}") from None
        if head.source != self.source:
            raise SourceError(
                f"{self._at(FILE)}: is what {head.source} has told, and not {self.source}; "
                "give each source a folder of its own"
            )
        return Told(head.taken, dict(_records(table)))

    def tell(self, changes: Changes, publish: Publish) -> None:
        """Tell a difference, and keep what has been told then.

        Args:
            changes: from what `read` says; nothing may be unfinished (`finish`).
            publish: tells them.
        """
        self._system.makedirs(self._path, exist_ok=True)
        put_whole(self._system, self._at(NEW), self._written(changes.after))
        lines = b"".join(write_event(event) + b"\n" for event in changes.events())
        put_whole(self._system, self._at(TELLING), lines)
        self.finish(publish)

    def finish(self, publish: Publish) -> bool:
        """Tell the rest of what a run began that was broken off. All of it, in truth: what comes
        twice has no effect.

        Returns:
            whether there was something.
        """
        try:
            telling = self._system.cat_file(self._at(TELLING))
        except FileNotFoundError:
            return False
        if self._system.exists(self._at(NEW)):
            publish(_events(telling))
            self._system.mv(self._at(NEW), self._at(FILE))
        self._system.rm(self._at(TELLING))
        return True

    def keep(self, told: Told) -> None:
        """Put a state in its place that was made again from the events."""
        self._system.makedirs(self._path, exist_ok=True)
        put_whole(self._system, self._at(FILE), self._written(told))

    def _at(self, name: str) -> str:
        return f"{self._path}/{name}"

    def _written(self, told: Told) -> bytes:
        rows = [
            (*place, each.type, each.time, each.digest, each.holds, each.recorded)
            for place, each in sorted(told.records.items())
        ]
        columns = zip(*rows, strict=True) if rows else [()] * len(SCHEMA)
        arrays = [pa.array(cells, of.type) for cells, of in zip(columns, SCHEMA, strict=True)]
        head = StoredTold(source=self.source, taken=told.taken)
        metadata = {_HEAD: TOLD.write(head.model_dump_json())}
        table = pa.Table.from_arrays(arrays, schema=SCHEMA.with_metadata(metadata))
        file = io.BytesIO()
        pq.write_table(table, file, compression="zstd")
        return file.getvalue()


def _records(table: pa.Table) -> Iterator[tuple[Place, Record]]:
    columns = (table.column(name).to_pylist() for name in SCHEMA.names)
    for subject, name, *record in zip(*columns, strict=True):
        yield Place(subject, name), Record(*record)


def _events(lines: bytes) -> Iterator[tuple[Event[Any], bytes]]:
    for line in lines.splitlines():
        yield read_event(line), line
