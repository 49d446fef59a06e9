"""The state of a source that was lost, made again out of the events that it led to."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from casepulse.batch.one_at_a_time import one_at_a_time
from casepulse.batch.source_parts import Part
from casepulse.batch.told_store import ToldStore
from casepulse.schemas.envelope import Event
from casepulse.schemas.errors import FailedError
from casepulse.streams.sources.told import Told, told_by

#: Messages that are read between two words about progress.
_OFTEN = 500


def rebuild(
    store: ToldStore, parts: Iterable[Part], progress: Callable[[int], None] = lambda count: None
) -> Told:
    """Put in the place of a state what the events say that its source has told.

    Args:
        store: where it lies, and of which source it is.
        parts: all that was told: the events topic's partitions, or an archive's files.
        progress: is told of messages read.

    Raises:
        FailedError: not one of the events is of that source.
        casepulse.streams.committed.SourceError: they can't be read to their end.
        casepulse.batch.one_at_a_time.BusyError: a run is at work on the state.
    """
    with one_at_a_time(store.url):
        told = told_by(store.source, _events(parts, progress))
        if not told.records:
            raise FailedError(
                f"{store.source}: not one of the events is of this source; are they those of this "
                "installation? Where nothing was told yet, no state is needed"
            )
        store.keep(told)
    return told


def _events(parts: Iterable[Part], progress: Callable[[int], None]) -> Iterator[Event[Any]]:
    for part in parts:
        count = 0
        for count, telling in enumerate(part.tellings(), start=1):
            if count % _OFTEN == 0:
                progress(_OFTEN)
            if telling.event is not None:
                yield telling.event
        progress(count % _OFTEN)
