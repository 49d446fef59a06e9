"""Where a source's state lies between two extracts: `told.parquet`, in a directory or object store.

It says that something was told only once Kafka has it. Until then what is being told lies beside
it: a run that was killed meanwhile is brought to its end first, with the same events, whatever the
next extract says. So nothing is told that no state knows of.

An extract may have millions of facts. Some subjects at a time are compared: those of a bucket, of
which the file has a row group each.
"""

import gc
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
from fsspec.implementations.local import LocalFileSystem

from casepulse.batch.archive_index import place_of
from casepulse.schemas.stored import StoredError
from casepulse.schemas.stored.told import TOLD, StoredTold
from casepulse.streams.committed import SourceError
from casepulse.streams.sources.changes import Sum, WhatChanged
from casepulse.streams.sources.difference import compare
from casepulse.streams.sources.extract import Extract
from casepulse.streams.sources.spilled import spilled
from casepulse.streams.sources.told import BUCKETS, Place, Record, Told, bucket_of
from casepulse.streams.sources.weighed import instant, microseconds
from casepulse.streams.whole_objects import move_whole

FILE = "told.parquet"

#: The state as it will be, and the events that lead to it: there while they are being told.
NEW, TELLING = f"{FILE}.new", "telling.jsonl"

#: How the folder is called in which they are made. What a killed run left is taken away.
_MADE_IN = ".making-"

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

#: Allocations between two collections of garbage, and collections between two of older objects.
_COLLECTOR = (100_000, 20, 1000)

#: Where the file's metadata says whose it is.
_HEAD = b"casepulse.told"

#: Publishes events, as lines of JSON, and returns when all are acknowledged.
Publish = Callable[[Iterable[bytes]], None]

#: Looks at what an extract changes, and raises if it may not be told.
Check = Callable[[WhatChanged], None]

Records = Mapping[Place, Record]

#: Writes what was told of the subjects of a bucket.
Write = Callable[[int, Records], None]


def accepted(changed: WhatChanged) -> None:
    """Somebody has looked already."""


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
        """What was told, all of it; nothing, where there is no state yet.

        Raises:
            SourceError: it is that of another source, of a later version, or can't be read.
        """
        records: dict[Place, Record] = {}
        with self._opened() as kept:
            for number in range(BUCKETS):
                records.update(kept.bucket(number))
            return Told(kept.taken, records)

    def taken(self) -> datetime | None:
        """When the last extract was taken that was told; None: there is no state yet.

        Raises:
            SourceError: as of `read`.
        """
        with self._opened() as kept:
            return kept.taken

    def tell(self, extract: Extract, publish: Publish, check: Check = accepted) -> WhatChanged:
        """Tell what an extract changes, and keep what has been told then.

        Args:
            extract: it. Nothing may be unfinished (`finish`).
            publish: tells the events.
            check: whatever it raises is raised, and nothing was told.

        Returns:
            what became of the extract.

        Raises:
            StaleExtractError: it says something else than what was told, and is no later.
            SourceError: the state is that of another source, of a later version, or can't be read.
        """
        self._system.makedirs(self._path, exist_ok=True)
        with self._workshop() as made:
            changed = self._make(made, extract)
            check(changed)
            move_whole(self._system, made / NEW, self._at(NEW))
            move_whole(self._system, made / TELLING, self._at(TELLING))
        self.finish(publish)
        return changed

    def look(self, extract: Extract) -> WhatChanged:
        """What an extract would change. Nothing is told."""
        with TemporaryDirectory() as folder:
            return self._make(Path(folder), extract)

    def _make(self, made: Path, extract: Extract) -> WhatChanged:
        """What is to be told, and the state that it leads to, in a folder."""
        every = Sum()
        with _collecting_seldom(), self._opened() as kept, spilled(extract.says) as says:
            taken = extract.taken.astimezone(UTC)
            after = taken if kept.taken is None else max(taken, kept.taken)
            with (made / TELLING).open("wb") as lines, self._writing(made / NEW, after) as write:
                for number in range(BUCKETS):
                    before = Told(kept.taken, kept.bucket(number))
                    changes = compare(before, says.bucket(number), extract)
                    lines.writelines(line + b"\n" for line in changes.lines())
                    write(number, changes.after.records)
                    every.add(changes)
        return every.what_changed(self.source, extract.kind, taken)

    def finish(self, publish: Publish) -> bool:
        """Tell the rest of what a run began that was broken off. All of it, in truth: what comes
        twice has no effect.

        Returns:
            whether there was something.
        """
        if not self._system.exists(self._at(TELLING)):
            return False
        if self._system.exists(self._at(NEW)):
            with self._system.open(self._at(TELLING), "rb") as telling:
                publish(line.rstrip(b"\n") for line in telling)
            self._system.mv(self._at(NEW), self._at(FILE))
        self._system.rm(self._at(TELLING))
        return True

    def keep(self, told: Told) -> None:
        """Put a state in its place that was made again from the events. Of what was being told when
        a run was broken off it knows what was told; the next run tells the rest as its own."""
        for left in (TELLING, NEW):
            if self._system.exists(self._at(left)):
                self._system.rm(self._at(left))
        buckets: defaultdict[int, dict[Place, Record]] = defaultdict(dict)
        for place, record in told.records.items():
            buckets[bucket_of(place.subject)][place] = record
        self._system.makedirs(self._path, exist_ok=True)
        with self._workshop() as made:
            with self._writing(made / FILE, told.taken) as write:
                for number, records in sorted(buckets.items()):
                    write(number, records)
            move_whole(self._system, made / FILE, self._at(FILE))

    def _at(self, name: str) -> str:
        return f"{self._path}/{name}"

    @contextmanager
    def _workshop(self) -> Iterator[Path]:
        """A folder to make files in: where a file is moved from it to the state, if that is local,
        it is there at once."""
        local = self._path if isinstance(self._system, LocalFileSystem) else None
        if local is not None:
            for left in self._system.glob(f"{self._path}/{_MADE_IN}*"):
                self._system.rm(left, recursive=True)
        with TemporaryDirectory(prefix=_MADE_IN, dir=local) as folder:
            yield Path(folder)

    @contextmanager
    def _opened(self) -> Iterator["_Kept"]:
        try:
            file = self._system.open(self._at(FILE), "rb")
        except FileNotFoundError:
            yield _Kept(None, None, {})
            return
        with file:
            try:
                table = pq.ParquetFile(file)
                head = TOLD.read((table.metadata.metadata or {}).get(_HEAD, b""))
            except pa.ArrowException as error:
                raise SourceError(f"{self._at(FILE)}: can't be read: {error}") from None
            except StoredError as error:
                raise SourceError(f"{self._at(FILE)}: {error}") from None
            if head.source != self.source:
                raise SourceError(
                    f"{self._at(FILE)}: is what {head.source} has told, and not {self.source}; "
                    "give each source a folder of its own"
                )
            groups: defaultdict[int | None, list[int]] = defaultdict(list)
            for group in range(table.num_row_groups):
                groups[head.buckets[group] if head.buckets is not None else None].append(group)
            yield _Kept(head.taken, table, groups)

    @contextmanager
    def _writing(self, path: Path, taken: datetime | None) -> Iterator[Write]:
        """Write a state, one bucket after another."""
        buckets: list[int] = []
        with pq.ParquetWriter(path, SCHEMA, compression="zstd") as writer:

            def write(number: int, records: Records) -> None:
                if records:
                    writer.write_table(_table(records), row_group_size=len(records))
                    buckets.append(number)

            yield write
            head = StoredTold(source=self.source, taken=taken, buckets=buckets)
            writer.add_key_value_metadata({_HEAD: TOLD.write(head.model_dump_json())})


class _Kept:
    """A state that was opened.

    Args:
        taken: when the last extract was taken that was told.
        file: the rest of it; None: there is none yet.
        groups: by bucket, its row groups; under None those that hold facts of any.
    """

    def __init__(
        self,
        taken: datetime | None,
        file: pq.ParquetFile | None,
        groups: Mapping[int | None, list[int]],
    ) -> None:
        self.taken = taken
        self._file = file
        self._groups = groups
        self._mixed: dict[int, dict[Place, Record]] | None = None

    def bucket(self, number: int) -> Records:
        """What was told of its subjects."""
        if self._file is None:
            return {}
        if self._mixed is None:
            self._mixed = {}
            for place, record in self._read(self._groups.get(None, [])):
                self._mixed.setdefault(bucket_of(place.subject), {})[place] = record
        found = self._mixed.get(number, {})
        found.update(self._read(self._groups.get(number, [])))
        return found

    def _read(self, groups: list[int]) -> Iterator[tuple[Place, Record]]:
        if self._file is None or not groups:
            return
        table = self._file.read_row_groups(groups)
        of = {name: table.column(name) for name in SCHEMA.names}
        for name in ("time", "recorded"):
            of[name] = of[name].cast(pa.int64())
        columns = [of[name].to_pylist() for name in SCHEMA.names]
        for subject, name, kind, time, digest, holds, recorded in zip(*columns, strict=True):
            record = Record(kind, instant(time), digest, holds, instant(recorded))
            yield Place(subject, name), record


@contextmanager
def _collecting_seldom() -> Iterator[None]:
    """Millions of facts pass by, which refer to nothing that refers to them: to look for circles
    among them, as often as Python does, takes a quarter of the time."""
    before = gc.get_threshold()
    gc.set_threshold(*_COLLECTOR)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _table(records: Records) -> pa.Table:
    kept = sorted(records.items())
    columns = (
        pa.array([place.subject for place, _ in kept], pa.string()),
        pa.array([place.id for place, _ in kept], pa.string()),
        pa.array([record.type for _, record in kept], pa.string()),
        _instants(record.time for _, record in kept),
        pa.array([record.digest for _, record in kept], pa.binary()),
        pa.array([record.holds for _, record in kept], pa.bool_()),
        _instants(record.recorded for _, record in kept),
    )
    return pa.Table.from_arrays(columns, schema=SCHEMA)


def _instants(times: Iterable[datetime]) -> pa.Array:
    """As numbers first: from one datetime after the other it takes ten times as long."""
    return pa.array(list(map(microseconds, times)), pa.int64()).cast(_INSTANT)
