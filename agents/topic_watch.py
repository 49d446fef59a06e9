"""Watches the topics while a worker runs: that they are there, as large as they were made, and set
so that what is promised can be kept.

What makes figures wrong or stops them is an obstacle: the worker is not ready. What only breaks a
promise for later (events that Kafka will delete, one copy where there should be three) is a
warning: the figures are right, and stay.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from threading import Thread
from time import monotonic, sleep

import structlog
from aiokafka.errors import KafkaError
from faust.exceptions import NotReady

from casepulse.streams.app import Application
from casepulse.streams.settings import Settings
from casepulse.streams.topic_settings import Problem, partitions_problem
from casepulse.streams.topics import Topic, Topics, look

log = structlog.get_logger()

#: Seconds between two looks whether all topics are there. One that is missing twice was deleted.
TOPICS_EVERY = 5.0

#: Seconds between two looks before the first that found something.
AT_FIRST_EVERY = 0.2

#: Seconds between two looks at how they are set.
SETTINGS_EVERY = 60.0


class TopicWatch:
    """Looks at every topic of the installation, and remembers what is not as it must be.

    Args:
        app: whose topics; its producer is asked, as it is there already.
        settings: of the installation.
        gone: is told which of the topics that this worker uses were deleted.
        grown: is told how many partitions the events have, whenever that is known.
    """

    def __init__(
        self,
        app: Application,
        settings: Settings,
        gone: Callable[[list[str]], None],
        grown: Callable[[int], None],
    ) -> None:
        self._app = app
        self._settings = settings
        self._gone = gone
        self._grown = grown
        topics = Topics.of(settings)
        self._all: dict[str, Topic] = {topic.name: topic for topic in topics.all()}
        self._figures_rest_on = {
            topic.name for topic in (topics.events, topics.changelog, topics.partials)
        }
        self._events = topics.events.name
        self._as_made = settings.kafka_version is None
        """Whether topics can be as they were made: the embedded broker makes all of them alike."""
        self._counted: tuple[Problem, ...] = ()
        self._set: tuple[Problem, ...] = ()
        self._answered_at = monotonic()

    async def run(self, should_stop: Callable[[], bool]) -> None:
        """Look again and again, until stopped or something is gone."""
        if self._as_made:
            Thread(target=self._watch_settings, name="topics", daemon=True).start()
        seen: set[str] = set()
        missing: set[str] = set()
        while not should_stop():
            await asyncio.sleep(TOPICS_EVERY if seen else AT_FIRST_EVERY)
            try:
                there = await self._app.partitions_there()
            except (KafkaError, NotReady) as error:
                log.debug("topics not looked at", kind=type(error).__name__)
            else:
                self._answered_at = monotonic()
                if self._as_made:
                    self._count(there)
                seen |= self._app.topics & there.keys()
                before, missing = missing, seen - there.keys()
                if gone := sorted(before & missing):
                    self._gone(gone)
                    return

    def _count(self, there: Mapping[str, int]) -> None:
        self._counted = self._told(
            self._counted,
            (
                partitions_problem(name, there[name], topic.partitions, keyed=topic.keyed)
                for name, topic in self._all.items()
                if name in there
            ),
        )
        if self._events in there:
            self._grown(there[self._events])

    def _watch_settings(self) -> None:
        """In a thread of its own: kafka-python's client of topics waits for its answers."""
        while True:
            try:
                found = look(self._settings)
            except Exception as error:  # of TLS, of sockets: the worker's own client says it, too
                log.debug("settings of topics not looked at", kind=type(error).__name__)
            else:
                self._set = self._told(
                    self._set, (each for each in found if self._is_for_here(each))
                )
            sleep(SETTINGS_EVERY)

    def _is_for_here(self, problem: Problem) -> bool:
        """How many partitions there are is looked at more often. And a topic that this worker does
        not use may be hidden from it, and so seem to be missing."""
        if problem.setting == "missing":
            return problem.topic in self._app.topics
        return problem.setting != "partitions"

    @staticmethod
    def _told(before: Iterable[Problem], now: Iterable[Problem | None]) -> tuple[Problem, ...]:
        problems = tuple(problem for problem in now if problem is not None)
        for problem in problems:
            if problem not in before:
                log.error(
                    "a topic is not as it must be", topic=problem.topic, problem=problem.words
                )
        return problems

    def problems(self) -> list[Problem]:
        """What is not as it must be, as far as is known. For any thread."""
        return [*self._counted, *self._set]

    def wrong(self) -> list[Problem]:
        """Of those, what is known to be wrong. For any thread."""
        return [each for each in self.problems() if each.known]

    def obstacle(self) -> str:
        """What makes figures wrong, or stops them; empty if nothing does. For any thread."""
        return "; ".join(str(each) for each in self.problems() if self._stops(each))

    def warning(self) -> str:
        """What breaks a promise, and no figure yet; empty if nothing does. For any thread."""
        return "; ".join(str(each) for each in self.problems() if not self._stops(each))

    def _stops(self, problem: Problem) -> bool:
        wrong = problem.setting in ("partitions", "missing")
        return wrong and problem.topic in self._figures_rest_on

    def silent_for(self) -> float:
        """Seconds since Kafka answered last. For any thread."""
        return monotonic() - self._answered_at
