"""The board: merges the partitions' partials into one view, and publishes it."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from time import monotonic
from typing import Any

import structlog

from casepulse.agents.holding import read_cells
from casepulse.agents.metrics import Metrics
from casepulse.agents.view_sink import SinkError, ViewSink
from casepulse.schemas.partial import PARTIAL, Partial
from casepulse.schemas.stored import StoredError
from casepulse.schemas.view import MeasureView, View, ViewMeta
from casepulse.state import Catalogue, Figures, Tally
from casepulse.state.awaited import AwaitedViews, merged
from casepulse.state.calendar import reporting_month
from casepulse.state.viewing import Viewer, definitions_version

log = structlog.get_logger()

#: Seconds after which a view that was not published anew is said to be stale: the heartbeat's.
FRESH_FOR = 10.0

#: Seconds after which a view is published again although nothing has changed.
RENEW_EVERY = 2.0


class Board:
    """Keeps the latest partial of each partition, and knows their sum.

    A view's version is the place in the partials topic that it is made from:
    whoever makes a view from there makes the same one, and one made from an
    earlier place is older.
    """

    def __init__(self, catalogue: Catalogue, partitions: int) -> None:
        self._catalogue = catalogue
        self._partitions = partitions
        self._viewer = Viewer()
        self._figures: Figures | None = None
        self._definitions = definitions_version(catalogue)
        self._latest: dict[int, Partial] = {}
        self._tallies: dict[int, tuple[tuple[int, int], Tally, AwaitedViews]] = {}
        self._told_at: dict[int, float] = {}
        self._version = 0
        self._counts_version = 0
        """The place of the last partial that told counts."""
        self._shown: tuple[tuple[int, date], dict[str, MeasureView]] | None = None
        """What was made last, and of what."""
        self._others: set[str] = set()

    def expect(self, partitions: int) -> None:
        """There are so many partitions of events. A topic that was grown has some that nobody reads
        and tells of, and no figure is whole without them."""
        self._partitions = max(self._partitions, partitions)

    @property
    def version(self) -> int:
        """The place in the partials topic up to which they are merged."""
        return self._version

    def merge(self, offset: int, partial: Partial) -> bool:
        """Take a partial; False if it is older than what the board has, or not to be counted."""
        self._version = offset + 1
        if partial.definitions != self._definitions:
            if partial.definitions not in self._others:
                self._others.add(partial.definitions)
                log.warning("partials of other definitions left out", theirs=partial.definitions)
            return False
        held = self._latest.get(partial.partition)
        if held is not None and partial.rank <= held.rank:
            return False
        if partial.cells is not None:
            told = partial.rank, read_cells(partial.cells), partial.awaited or {}
            self._tallies[partial.partition] = told
            self._counts_version = self._version
        elif self._tallies.get(partial.partition, ((-1, -1),))[0] != (
            partial.claim,
            partial.same_as,
        ):
            return False  # its cells have not come by; they are told again before long
        self._latest[partial.partition] = partial.model_copy(
            update={"cells": None, "awaited": None}
        )
        self._told_at[partial.partition] = monotonic()
        return True

    def untold(self, seconds: float) -> list[int]:
        """The partitions of which nobody has told anything for so long, or ever: their owner is
        away, or is taken for an old one. For any thread."""
        since = monotonic() - seconds
        told = self._told_at.copy()
        return [number for number in range(self._partitions) if told.get(number, since) <= since]

    def view(self) -> View | None:
        """The view of what is merged; None before the first partial."""
        if not self._latest:
            return None
        as_of = min(partial.as_of for partial in self._latest.values()).astimezone(UTC)
        measures = self._measures(as_of)
        meta = ViewMeta(
            version=self._version,
            as_of=as_of,
            published=datetime.now(UTC),
            definitions=self._definitions,
            authority=self._catalogue.profile.authority,
            partitions=self._partitions,
            partitions_counted=len(self._latest),
            partitions_silent=len(self._latest.keys() & set(self.untold(FRESH_FOR))),
            read_to={str(number): each.read_to for number, each in sorted(self._latest.items())},
            measures=len(measures),
        )
        return View(meta=meta, measures=measures)

    def _measures(self, as_of: datetime) -> dict[str, MeasureView]:
        """Those of the counts, as at an instant. Time alone, within a month, makes none anew: of a
        large county that would take a worker half of its time."""
        of = self._counts_version, reporting_month(as_of)
        if self._shown is None or self._shown[0] != of:
            tally = Tally.merged(tally for _, tally, _ in self._tallies.values())
            told = [awaited for _, _, awaited in self._tallies.values()]
            ahead = merged(told, self._catalogue.profile.localities)
            self._figures = Figures(tally, self._catalogue, as_of, self._figures)
            self._shown = of, self._viewer.measure_views(self._figures, ahead)
        return self._shown[1]


class BoardAgent:
    """Feeds the board from the partials topic, and its views to a sink and to Prometheus."""

    def __init__(self, board: Board, sink: ViewSink, metrics: Metrics) -> None:
        self._board = board
        self._sink = sink
        self._metrics = metrics
        self._published_at = 0.0
        self._began_at = monotonic()
        self._taken_at: float | None = None
        """When the sink took a view last."""
        self._refused = False
        self._trouble = ""
        """Why the sink could take none when it was last given one; empty if it could."""
        self._changed = False
        self._whole_as_of: datetime | None = None
        self._left_out: set[str] = set()
        """What was said of partials that can't be read: each is said once."""

    async def read(self, messages: AsyncIterator[Any]) -> None:
        """The body of the Faust agent. Nothing is acknowledged, so that a board which starts
        reads again what the topic still holds: a whole tally of every partition."""
        async for message in messages:
            try:
                partial = PARTIAL.read(message.value or b"")
            except StoredError as error:
                if str(error) not in self._left_out:
                    self._left_out.add(str(error))
                    log.error("a partial is left out", offset=message.offset, problem=str(error))
                continue
            if self._board.merge(message.offset, partial):
                self._changed = True

    async def publish(self) -> None:
        """Publish what has changed, or say again that nothing has: a sink that was emptied is
        filled within `RENEW_EVERY`. The sink may be away: then the view waits for it."""
        if not self._changed and monotonic() - self._published_at < RENEW_EVERY:
            return
        self._published_at = monotonic()
        self._changed = False
        view = self._board.view()
        if view is None:
            return
        self._metrics.show(view)
        if view.meta.partitions_counted == view.meta.partitions:
            self._whole_as_of = view.meta.as_of
        try:
            taken = await self._sink.show(view)
        except SinkError as error:
            self._changed = True
            self._trouble = str(error)
            self._metrics.redis_up.set(0)
            kind = type(error.__cause__ or error).__name__
            log.warning("view can't be written", sink=self._sink.name, kind=kind, why=self._trouble)
            return
        self._trouble = ""
        self._metrics.redis_up.set(1)
        self._refused = not taken
        if taken:
            self._taken_at = monotonic()
        else:
            self._metrics.views_refused.inc()

    @property
    def as_of(self) -> datetime | None:
        """What the latest view is as at, if every partition is counted in it."""
        return self._whole_as_of

    def obstacle(self) -> str:
        """Why the view is not fresh; empty while it is. For any thread."""
        since = monotonic() - (self._taken_at or self._began_at)
        if since > FRESH_FOR and self._refused:
            return (
                f"{self._sink.name} has a newer one than {self._board.version}, for {since:.0f} s; "
                "was the partials topic made anew? docs/reliability.md says what to do"
            )
        if since > FRESH_FOR and self._board.version:
            because = f": {trouble}" if (trouble := self._trouble) else ""
            return f"{self._sink.name} has taken none for {since:.0f} s{because}"
        if self._taken_at is None:
            return "there is none yet"
        if untold := self._board.untold(FRESH_FOR):
            return f"nothing new for {FRESH_FOR:.0f} s of partitions: {', '.join(map(str, untold))}"
        return ""
