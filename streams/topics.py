"""The topics: their names, their settings, and the step that creates and checks them.

Source, changelog and so the owners of partitions share one partition count,
fixed for life: Faust refuses a table whose changelog has another.
"""

from dataclasses import dataclass, field

from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import TopicAlreadyExistsError
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from streams.security import kafka_python_options
from streams.settings import Settings

MEBIBYTE = 1024 * 1024


class TopicsError(RuntimeError):
    """Topics that are missing or other than they must be; the message says which and how."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as it must be."""

    name: str
    partitions: int
    settings: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Topics:
    """Every topic of one installation."""

    events: Topic
    changelog: Topic
    partials: Topic
    dead_letters: Topic
    releases: Topic

    @classmethod
    def of(cls, settings: Settings) -> "Topics":
        """The topics that the settings name."""
        name, partitions = settings.name, settings.partitions
        return cls(
            # Kept for ever: month ends and backfills are made from the events.
            events=Topic(f"{name}.events", partitions, {"retention.ms": "-1"}),
            # Compacted and never deleted: Faust can't recover from a changelog that was emptied.
            changelog=Topic(f"{name}.facts-changelog", partitions, {"cleanup.policy": "compact"}),
            # Whole tallies, told again all the time: only the last minutes matter.
            partials=Topic(
                f"{name}.partials",
                1,
                {
                    "retention.ms": str(10 * 60 * 1000),
                    "segment.ms": str(60 * 1000),
                    "max.message.bytes": str(16 * MEBIBYTE),
                },
            ),
            # Compacted: a letter that was replayed is taken out by its key.
            dead_letters=Topic(
                f"{name}.dead-letters",
                1,
                {"cleanup.policy": "compact", "max.message.bytes": str(2 * MEBIBYTE)},
            ),
            # Compacted: a release that is announced again is the same.
            releases=Topic(f"{name}.releases", 1, {"cleanup.policy": "compact"}),
        )

    def all(self) -> tuple[Topic, ...]:
        """Each of them."""
        return self.events, self.changelog, self.partials, self.dead_letters, self.releases


def admin(settings: Settings) -> KafkaAdminClient:
    """A client for topics. The caller closes it."""
    return KafkaAdminClient(
        **kafka_python_options(settings),
        bootstrap_timeout_ms=10_000,
    )


def create(settings: Settings) -> list[str]:
    """Create the topics that are missing; the names of those that were.

    Raises:
        TopicsError: a topic is there already, but not as it must be.
        kafka.errors.KafkaError: Kafka can't be reached, or refuses.
    """
    client = admin(settings)
    try:
        there = set(client.list_topics())
        missing = [topic for topic in Topics.of(settings).all() if topic.name not in there]
        for topic in missing:
            try:
                client.create_topics(
                    {
                        topic.name: {
                            "num_partitions": topic.partitions,
                            "replication_factor": settings.replication,
                            "configs": topic.settings,
                        }
                    }
                )
            except TopicAlreadyExistsError:
                continue  # another was quicker; `check` looks at what it made
    finally:
        client.close()
    if missing:
        _await_there(settings)
    check(settings)
    return [topic.name for topic in missing]


@retry(
    retry=retry_if_exception_type(TopicsError),
    stop=stop_after_delay(10),
    wait=wait_fixed(0.2),
    reraise=True,
)
def _await_there(settings: Settings) -> None:
    """A broker may answer that it has made a topic before every broker knows of it."""
    check(settings)


def check(settings: Settings) -> None:
    """Make sure that every topic is as it must be.

    Raises:
        TopicsError: naming each topic that is not, and what to do.
    """
    client = admin(settings)
    try:
        wrong = [
            problem
            for topic in Topics.of(settings).all()
            if (problem := _problem(client, topic)) is not None
        ]
    finally:
        client.close()
    if wrong:
        raise TopicsError("\n".join(wrong))


def _problem(client: KafkaAdminClient, topic: Topic) -> str | None:
    if topic.name not in client.list_topics():
        return f"{topic.name}: is missing; create it with: casepulse topics --create"
    [described] = client.describe_topics([topic.name])
    partitions = len(described["partitions"])
    if partitions != topic.partitions:
        return (
            f"{topic.name}: has {partitions} partitions, must have {topic.partitions}. "
            "The count is fixed for life: set CASEPULSE_PARTITIONS to that of the events topic."
        )
    resource = ConfigResource(ConfigResourceType.TOPIC, topic.name)
    found = client.describe_configs([resource], config_filter="all")
    policy = topic.settings.get("cleanup.policy", "delete")
    there = found["topic"][topic.name]["cleanup.policy"]["value"]
    if there != policy:
        return f"{topic.name}: has cleanup.policy {there}, must have {policy}; alter the topic"
    return None
