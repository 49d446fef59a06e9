"""The open transactions that hold up this worker: waited for, and named.

A producer that went to sleep in a transaction holds up all that is sent behind it, also what others
send without one, until Kafka aborts it in the end (`transaction.timeout.ms`, a minute by default).
"""

import asyncio

import structlog

from casepulse.agents.metrics import Metrics
from casepulse.streams.app import Application
from casepulse.streams.settings import Settings
from casepulse.streams.transactions import TransactionWatch, name_producers

log = structlog.get_logger()

#: Seconds for which nothing behind a transaction could be read, after which it is named. Short ones
#: are always under way where producers use them.
NAMED_AFTER = 10.0

#: Seconds between two looks, and between two questions to Kafka whose transactions they are.
LOOK_EVERY, ASK_EVERY = 0.5, 10.0


class OpenTransactions:
    """Looks whether partitions wait for a transaction, for health and metrics."""

    def __init__(self, settings: Settings, app: Application, metrics: Metrics) -> None:
        self._settings = settings
        self._app = app
        self._metrics = metrics
        self._watch = TransactionWatch()
        self._producers: dict[tuple[str, int], str] = {}

    async def watch(self) -> None:
        """Look, until the worker stops."""
        loop = asyncio.get_running_loop()
        asked = -ASK_EVERY
        while not self._app.faust.should_stop:
            await asyncio.sleep(LOOK_EVERY)
            self._watch.look(self._app.ends_reached())
            withheld = self._watch.withheld(NAMED_AFTER)
            self._metrics.withheld = {tuple(each.place): each.count for each in withheld}
            if withheld and loop.time() - asked >= ASK_EVERY:
                asked = loop.time()
                places = [each.place for each in withheld]
                # A client that waits for its answer, so not in this loop.
                self._producers = await asyncio.to_thread(name_producers, self._settings, places)
                log.warning("a transaction holds up events", because=self.obstacle())
            elif not withheld:
                self._producers, asked = {}, -ASK_EVERY

    def obstacle(self) -> str:
        """What waits for which transaction; empty if nothing does. For any thread."""
        producers = self._producers
        return "; ".join(
            each.told(producers.get(tuple(each.place), ""))
            for each in self._watch.withheld(NAMED_AFTER)
        )
