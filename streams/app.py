"""The Faust application: made by a factory, from settings, with explicit topics."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast

from faust.exceptions import ConsumerNotStarted
from faust.types import TP

from casepulse.streams.committed import Ends
from casepulse.streams.fact_store import FactKeeper
from casepulse.streams.fact_table import FactTable
from casepulse.streams.fetches import MOST_WAITING_FETCHES, WholeFetches, messages
from casepulse.streams.mended import MendedApp, MendedConsumer, MendedTables
from casepulse.streams.security import faust_credentials
from casepulse.streams.settings import Role, Settings
from casepulse.streams.topics import MEBIBYTE, Topics

#: Seconds for which Kafka waits in a rebalance for those who were there before.
REBALANCE_TIMEOUT = 60.0


@dataclass(frozen=True, slots=True)
class Application:
    """The parts that agents are hung on."""

    faust: MendedApp
    events: Any
    partials: Any
    dead_letters: Any
    facts: FactTable | None

    @property
    def topics(self) -> set[str]:
        """The topics that this worker uses."""
        topics = {self.partials.get_topic_name()}
        if self.facts is not None:
            topics |= {self.events.get_topic_name(), self.dead_letters.get_topic_name()}
            topics.add(self.facts.changelog_topic_name)
        return topics

    async def partitions_there(self) -> dict[str, int]:
        """By topic, how many partitions Kafka has of it.

        Raises:
            KafkaError: Kafka doesn't answer.
            faust.exceptions.NotReady: the producer has not started.
        """
        producer: Any = cast(Any, self.faust.producer)._ensure_producer()  # aiokafka's own
        there = await producer.client.fetch_all_metadata()
        return {topic: len(there.partitions_for_topic(topic) or ()) for topic in there.topics()}

    def add_agent(
        self, topic: Any, name: str, read: Callable[[AsyncIterator[Any]], Awaitable[None]]
    ) -> None:
        """Hang an agent on a topic: `read` is given its messages, as aiokafka has fetched them, one
        after another and while they are ours."""

        async def body(stream: Any) -> None:
            await read(messages(self.faust, stream))

        self.faust.agent(topic, name=name, concurrency=1)(body)

    def acknowledge(self, message: Any) -> None:
        """The message was read, and all before it in its partition: its offset may be committed."""
        self._consumer.acknowledge(TP(message.topic, message.partition), message.offset)

    def read_before(self, partition: int, read: int) -> int:
        """The offset before which all events of a partition are read, if all that there are before
        `read` are: offsets that transactions' markers took, or what was aborted, are none."""
        return self._consumer.read_before(TP(self.events.get_topic_name(), partition), read)

    def end(self, partition: int) -> int:
        """The offset behind the last event of a partition that may be read now; 0 until it is
        known. For any thread."""
        with suppress(ConsumerNotStarted):
            ends = self._consumer.ends(TP(self.events.get_topic_name(), partition))
            return ends.stable if ends else 0
        return 0

    def ends_reached(self) -> dict[TP, Ends]:
        """Where those partitions end of which all was read that may be: what stands behind waits
        for a transaction. For any thread."""
        with suppress(ConsumerNotStarted):
            restored = {} if self.facts is None else self.facts.withheld
            return {**self._consumer.ends_reached(), **restored}
        return {}

    @property
    def _consumer(self) -> MendedConsumer:
        return cast(MendedConsumer, self.faust.consumer)


def create_application(settings: Settings, keeper: FactKeeper) -> Application:
    """Make the application; nothing is started and nothing is read from the environment.

    Args:
        settings: where it runs and what it does.
        keeper: who keeps the facts of the partitions that this worker gets.
    """
    # aiokafka formats a debug record for each message even where nobody listens: 14% of the time.
    logging.getLogger("aiokafka").setLevel(logging.WARNING)
    topics = Topics.of(settings)
    # Case agents and the board are groups of their own where they are workers of their own.
    group = settings.name if settings.role is Role.ALL else f"{settings.name}-{settings.role.value}"
    app = MendedApp(
        group,
        broker=[f"kafka://{address.strip()}" for address in settings.kafka.split(",")],
        # Without a TLS context Faust would send the password in the clear, and not say so.
        broker_credentials=faust_credentials(settings),
        autodiscover=False,
        TableManager=MendedTables,
        # At least once, over facts that may come twice; exactly once was found to stall and fence.
        processing_guarantee="at_least_once",
        consumer_auto_offset_reset="earliest",
        broker_commit_interval=1.0,
        broker_session_timeout=settings.session_timeout,
        broker_rebalance_timeout=REBALANCE_TIMEOUT,
        # Nothing is polled while a large partition is rebuilt; whether the loop turns, health says.
        broker_max_poll_interval=3600.0,
        broker_request_timeout=max(90.0, settings.session_timeout),  # Faust refuses it shorter
        # With a name of its own, a worker that is back within its session gets what it had.
        consumer_group_instance_id=settings.instance,
        producer_acks=-1,
        producer_linger=0.02,  # by default each record is a request of its own
        producer_max_batch_size=256 * 1024,
        producer_compression_type="lz4",
        producer_max_request_size=16 * MEBIBYTE,
        key_serializer="raw",
        value_serializer="raw",  # JSON by default, even for bytes: a second parse
        ConsumerScheduler=WholeFetches,
        stream_buffer_maxsize=MOST_WAITING_FETCHES,
        stream_recovery_delay=0.0,
        stream_wait_empty=False,
        table_standby_replicas=0,
        # How far a changelog was restored is ours to say: to Faust it ends where a transaction is
        # open, and whoever had read further would be inconsistent.
        recovery_consistency_check=False,
        # A deploy step creates the topics; Faust would guess at their settings.
        topic_allow_declare=False,
        topic_disable_leader=True,
        topic_partitions=settings.partitions,
        topic_replication_factor=settings.replication,
        # Faust's web shows the rows of every table, on all addresses, without a password.
        web_enabled=False,
        web_tables_enabled=False,
        web_router_enabled=False,
        web_host="127.0.0.1",
        web_bind="127.0.0.1",
        worker_redirect_stdouts=False,
    )

    def topic(name: str, partitions: int) -> Any:
        return app.topic(
            name,
            key_type=bytes,
            value_type=bytes,
            key_serializer="raw",
            value_serializer="raw",
            partitions=partitions,
        )

    facts = None
    if settings.role is not Role.BOARD:
        facts = FactTable(
            app,
            keeper=keeper,
            name="facts",
            key_type=bytes,
            value_type=bytes,
            partitions=settings.partitions,
            changelog_topic=topic(topics.changelog.name, settings.partitions),
        )
        app.tables.add(facts)
        app.begin_at = lambda tp, committed: (
            facts.begin_at(tp.partition, committed) if tp.topic == topics.events.name else committed
        )
    return Application(
        faust=app,
        events=topic(topics.events.name, topics.events.partitions),
        partials=topic(topics.partials.name, topics.partials.partitions),
        dead_letters=topic(topics.dead_letters.name, topics.dead_letters.partitions),
        facts=facts,
    )
