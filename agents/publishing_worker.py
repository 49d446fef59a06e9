"""A worker that publishes: it merges what all of them tell into a view, gives that to a sink, and
has releases made at month end. Of several workers one does: whoever has the partials."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from importlib import import_module

from faust.exceptions import ConsumerNotStarted

from casepulse.agents.board import Board, BoardAgent
from casepulse.agents.metrics import Metrics
from casepulse.agents.month_end import MonthEnd
from casepulse.agents.pace import Pace
from casepulse.agents.view_sink import ViewSink
from casepulse.state import Catalogue
from casepulse.streams.app import Application
from casepulse.streams.settings import Settings

#: Seconds between two looks of the board at what has changed.
PUBLISH_EVERY = 0.05


class PublishingWorker:
    """Hangs the board on the application, and what goes on beside it.

    Args:
        app: the application.
        settings: where it runs and what it does.
        catalogue: the measures.
        sink: what is given the view.
        metrics: what Prometheus sees.
        pace: how much of the time publishing takes.
        make_releases: the command that makes releases, but for the months and their kind.
    """

    def __init__(
        self,
        app: Application,
        settings: Settings,
        catalogue: Catalogue,
        sink: ViewSink,
        metrics: Metrics,
        pace: Pace,
        make_releases: Sequence[str],
    ) -> None:
        self._app = app
        self._pace = pace
        self.board = Board(catalogue, settings.partitions)
        self._agent = BoardAgent(self.board, sink, metrics)
        app.add_agent(app.partials, "board", self._agent.read)
        app.faust.task(self._publish)
        self._month_end = None
        if settings.releases is not None:
            # They are made by a process of its own: what that lacks is to be said at the start.
            import_module("casepulse.agents.figures_table")
            assert make_releases, "somebody must know how releases are made"
            self._month_end = MonthEnd(settings, make_releases, self._counted_up_to, metrics)
            app.faust.task(self._end_months)

    def is_board(self) -> bool:
        """Whether the partials, of which there is one partition, are read by this worker. For any
        thread."""
        topic = self._app.partials.get_topic_name()
        try:
            assigned = self._app.faust.consumer.assignment()
        except ConsumerNotStarted:
            return False
        return any(tp.topic == topic for tp in assigned)

    def publishes(self) -> bool:
        """Whether the view here is the one that holds, as far as is known: while partitions move
        they are nobody's, and whoever had the partials may well have them again. For any thread."""
        return self._app.faust.rebalancing or self.is_board()

    def obstacle(self) -> str:
        """Why the view is not fresh; empty while it is, or is another's. For any thread."""
        return self._agent.obstacle() if self.is_board() else ""

    def warning(self) -> str:
        """What is wrong with how releases are shown; empty if nothing is. For any thread."""
        return self._month_end.warning() if self._month_end else ""

    async def _publish(self) -> None:
        loop = asyncio.get_running_loop()
        while not self._app.faust.should_stop:
            started = loop.time()
            await self._agent.publish()
            await self._pace.rest(loop.time() - started, PUBLISH_EVERY)

    async def _end_months(self) -> None:
        assert self._month_end is not None
        await self._month_end.run(lambda: self._app.faust.should_stop)

    def _counted_up_to(self) -> datetime | None:
        """The instant that the view is as at, if it is this worker that publishes it."""
        return self._agent.as_of if self.is_board() else None
