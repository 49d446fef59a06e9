"""What stands in the way of a worker's figures, part by part, as its health tells it."""

from casepulse.agents.counting_worker import CountingWorker
from casepulse.agents.eviction import EvictionWatch
from casepulse.agents.holding import Holding
from casepulse.agents.open_transactions import OpenTransactions
from casepulse.agents.publishing_worker import PublishingWorker
from casepulse.agents.standstill import Standstill
from casepulse.agents.topic_watch import TOPICS_EVERY, TopicWatch
from casepulse.streams.app import Application
from casepulse.streams.settings import Settings

#: Seconds without an answer after which Kafka is said to be away.
SILENT_FOR = 5.0


class WorkerHealth:
    """Asks the parts of one worker. All of it is for any thread.

    Args:
        app: the application.
        settings: what the worker does.
        holding: what it holds.
        topics: what is known of the topics.
        standstill: what it waits in.
        transactions: the open transactions that hold it up.
        eviction: what is known of Redis' policy.
        counting: what it counts with, if it does.
        publishing: what it publishes with, if it does.
    """

    def __init__(
        self,
        app: Application,
        settings: Settings,
        holding: Holding,
        topics: TopicWatch,
        standstill: Standstill,
        transactions: OpenTransactions,
        eviction: EvictionWatch,
        counting: CountingWorker | None,
        publishing: PublishingWorker | None,
    ) -> None:
        self._app = app
        self._settings = settings
        self._holding = holding
        self._topics = topics
        self._standstill = standstill
        self._transactions = transactions
        self._eviction = eviction
        self._counting = counting
        self._publishing = publishing

    def obstacles(self) -> dict[str, str]:
        """What stands in the way of right and fresh figures, by part."""
        return {
            part: why
            for part, why in {
                "kafka": self._kafka(),
                "topics": self._topics.obstacle(),
                "transactions": self._transactions.obstacle(),
                "progress": self._progress(),
                "events": self._counting.cases.set_aside.obstacle() if self._counting else "",
                "partitions": self._partitions() if self._counting else "",
                "lists": self._counting.lists.obstacle() if self._counting else "",
                "view": self._publishing.obstacle() if self._publishing else "",
            }.items()
            if why
        }

    def warnings(self) -> dict[str, str]:
        """What breaks a promise, and no figure yet, by part."""
        told = {
            "topics": self._topics.warning(),
            "redis": self._eviction.warning(),
            "releases": self._publishing.warning() if self._publishing else "",
        }
        return {part: warning for part, warning in told.items() if warning}

    def to_claim(self) -> set[int]:
        """The partitions that are still to be claimed."""
        return self._counting.claims.waiting() if self._counting else set()

    def kafka_away(self) -> bool:
        """Whether Kafka does not answer, takes nothing, or withholds what stands behind an open
        transaction: all of that is waited for."""
        withheld = self._transactions.obstacle()
        return bool(self._kafka() or withheld) or self._topics.silent_for() > 2 * TOPICS_EVERY

    def _kafka(self) -> str:
        sends = self._app.faust.sends
        told = [
            f"has not answered for {seconds:.0f} s, on {topic}"
            for topic, seconds in sends.silent_for().items()
            if seconds > SILENT_FOR
        ]
        told += [f"refused the last message, on {topic}" for topic in sends.refused()]
        return "; ".join(told)

    def _progress(self) -> str:
        words, waited = self._standstill.longest()
        if waited <= 2 * self._settings.session_timeout:
            return ""
        bound = self._standstill.bound
        return f"{words}, without getting on for {waited:.0f} s; stops after {bound:.0f}"

    def _partitions(self) -> str:
        held = [held.number for held in list(self._holding)]
        if not held:
            return "none is assigned to this worker"
        waiting = ", ".join(map(str, sorted(self.to_claim() | self._holding.unclaimed())))
        return f"not read back yet: {waiting}" if waiting else ""
