"""An extract told: the way of the command that runs at night, and of the service.

What a run before left is told first. Then the extract is read and compared with what was told, and
either all that has changed is told and kept, or nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from casepulse.batch.one_at_a_time import one_at_a_time
from casepulse.batch.told_store import Publish, ToldStore
from casepulse.schemas.extracts import ExtractSettings
from casepulse.streams.sources.changes import Counts, WhatChanged
from casepulse.streams.sources.difference import StaleExtractError
from casepulse.streams.sources.extract import Extract, Request, Said
from casepulse.streams.sources.guard import RefusedExtractError, check, check_rows
from casepulse.streams.sources.merging import Merge
from casepulse.streams.sources.readers import reader_of

#: Facts that are read between two words about progress.
_OFTEN = 500

#: Is told how many facts more were read.
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an extract."""

    extract: Extract
    """Whose it is, when it was taken, of what kind it is, and what became of its rows: all of it
    was read, and what it says is gone."""
    finished: bool = False
    """Whether there was a run before that was broken off, the rest of which was told first."""
    by_type: Mapping[str, Counts] = field(default_factory=dict)
    """What became of the facts of each type; of what was refused, what would have. None, if it was
    refused for its instant."""
    merges: tuple[Merge, ...] = ()
    events: int = 0
    """How many were told; none, if it was refused."""
    refused: str | None = None
    """Why nothing of it was told, and what to do, in a few lines; None: it was told."""

    @property
    def bad(self) -> int:
        """How many of its rows could not be told."""
        return sum(each.bad for each in self.extract.accounts)


#: Is told what is about to be told. What it raises stops that.
AboutToTell = Callable[[Outcome], None]


def finish(store: ToldStore, publish: Publish) -> bool:
    """Tell the rest of what a run before left, if one was broken off.

    Returns:
        whether there was something.

    Raises:
        casepulse.streams.committed.SourceError: the state is another source's, or can't be read.
        casepulse.batch.one_at_a_time.BusyError: another run is at work on the state.
        Exception: whatever `publish` raises.
    """
    with one_at_a_time(store.url):
        return _finish(store, publish)


def _finish(store: ToldStore, publish: Publish) -> bool:
    store.taken()  # what is being told may be another source's
    return store.finish(publish)


def tell_extract(
    source: str,
    place: str,
    *,
    taken: datetime,
    settings: ExtractSettings,
    store: ToldStore,
    publish: Publish,
    accept: bool = False,
    year_end: date | None = None,
    progress: Progress = lambda count: None,
    about_to_tell: AboutToTell = lambda outcome: None,
) -> Outcome:
    """Tell what an extract changes, and keep what has been told then.

    Args:
        source: its name, such as ssda903.
        place: where the extract lies: a file, a folder, or the URL of a database.
        taken: when it was taken.
        settings: what the profile says of the source's extracts.
        store: the source's state.
        publish: tells events, and returns when all are acknowledged.
        accept: whether to tell it though it looks cut short or broken: somebody has looked.
        year_end: 31 March of the year that a yearly return is of; None: found from its dates.
        progress: is told of facts read.
        about_to_tell: is told of what is not refused, before the first event is told.

    Raises:
        casepulse.streams.sources.extract.ExtractError: there is no such extract.
        casepulse.streams.committed.SourceError: the state is another source's, or can't be read.
        casepulse.batch.one_at_a_time.BusyError: another run is at work on the state.
        Exception: whatever `publish` raises. The state is as it was, and the next run tells the
            rest of this one first.
    """
    reader = reader_of(source)
    with one_at_a_time(store.url):
        finished = _finish(store, publish)
        extract = reader.read(Request(place, taken, settings, year_end))
        extract.says = _counted(extract.says, progress)
        outcome = Outcome(extract, finished)

        def look(changed: WhatChanged) -> None:
            nonlocal outcome
            outcome = replace(outcome, by_type=changed.by_type, merges=changed.merges)
            if not accept:
                _check(extract, changed)
            outcome = replace(outcome, events=changed.events)
            about_to_tell(outcome)

        try:
            store.tell(extract, publish, look)
        except (StaleExtractError, RefusedExtractError) as error:
            return replace(outcome, refused=str(error))
        return outcome


def look_at(extract: Extract, store: ToldStore, progress: Progress = lambda count: None) -> Outcome:
    """What would become of an extract. Nothing is told, and nothing kept.

    Raises:
        casepulse.streams.committed.SourceError: the state is another source's, or can't be read.
    """
    extract.says = _counted(extract.says, progress)
    outcome = Outcome(extract)
    try:
        changed = store.look(extract)
        outcome = replace(outcome, by_type=changed.by_type, merges=changed.merges)
        _check(extract, changed)
    except (StaleExtractError, RefusedExtractError) as error:
        return replace(outcome, refused=str(error))
    return replace(outcome, events=changed.events)


def _check(extract: Extract, changed: WhatChanged) -> None:
    check_rows(extract.accounts)
    check(changed)


def _counted(says: Iterable[Said], progress: Progress) -> Iterator[Said]:
    """The same facts, while somebody is told how many were read."""
    count = 0
    for count, each in enumerate(says, start=1):
        if count % _OFTEN == 0:
            progress(_OFTEN)
        yield each
    progress(count % _OFTEN)
