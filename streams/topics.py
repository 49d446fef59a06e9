"""The topics: their names, their settings, and the step that creates and checks them.

Source, changelog and so the owners of partitions share one partition count,
fixed for life: Faust refuses a table whose changelog has another.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import KafkaError, TopicAlreadyExistsError
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from casepulse.schemas.errors import FailedError
from casepulse.streams.security import kafka_python_options
from casepulse.streams.settings import Settings
from casepulse.streams.topic_settings import (
    Problem,
    copies_problem,
    partitions_problem,
    setting_problems,
)

MEBIBYTE = 1024 * 1024


#: So many copies, or fewer, can't spare one: two of them would have to acknowledge each message.
_LOSES_ONE = 2


#: Seconds within which every broker knows of a topic, or a setting, that one has taken.
APPEARS_WITHIN = 60


class TopicsError(FailedError):
    """Topics that are missing or other than they must be; the message says which and how, a line
    each."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as it must be.

    It is created with these settings, and held to them: those that promises rest on. What a
    setting must be, or must be at least: `casepulse.streams.topic_settings`.
    """

    name: str
    partitions: int
    settings: dict[str, str] = field(default_factory=dict)
    keyed: bool = False
    """Whether a case's key leads to a partition."""


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
        all_of_them = {"unclean.leader.election.enable": "false"}
        if settings.replication > _LOSES_ONE:  # with fewer, one broker away would stop all
            all_of_them["min.insync.replicas"] = "2"
        compacted = {"cleanup.policy": "compact", **all_of_them}
        kept = {"cleanup.policy": "delete", "retention.bytes": "-1", **all_of_them}
        return cls(
            # Kept for ever: month ends and backfills are made from the events.
            events=Topic(f"{name}.events", partitions, {"retention.ms": "-1", **kept}, keyed=True),
            # Compacted and never deleted: Faust can't recover from a changelog that was emptied.
            changelog=Topic(f"{name}.facts-changelog", partitions, compacted, keyed=True),
            # Whole tallies, told again all the time: only the last minutes matter.
            partials=Topic(
                f"{name}.partials",
                1,
                {
                    "retention.ms": str(10 * 60 * 1000),
                    "segment.ms": str(60 * 1000),
                    "max.message.bytes": str(16 * MEBIBYTE),
                    **kept,
                },
            ),
            # Compacted: a letter that was replayed is taken out by its key.
            dead_letters=Topic(
                f"{name}.dead-letters",
                1,
                {"max.message.bytes": str(2 * MEBIBYTE), **compacted},
            ),
            # Compacted: a release that is announced again is the same.
            releases=Topic(f"{name}.releases", 1, compacted),
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


def create(settings: Settings, changed: Callable[[str], None] = lambda line: None) -> list[str]:
    """Create the topics that are missing, and set anew what is not as it must be: never so that
    anything is deleted, nor a number of partitions or copies.

    Args:
        settings: of the installation.
        changed: is told, in a line, of each setting that was changed.

    Returns:
        the names of those that were missing.

    Raises:
        TopicsError: a topic is still not as it must be.
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
        if missing:
            _await_there(client, settings)
        mended = [problem for problem in _look(client, settings) if problem.mend is not None]
        refused = _mend(client, mended)
        for problem in mended:
            if problem.topic not in refused:
                changed(f"{problem.topic}: {problem.setting} is set to {problem.mend}")
        if refused:
            raise TopicsError(
                Problem(name, "settings", f"Kafka does not change its settings: {why}")
                for name, why in refused.items()
            )
        if missing or mended:
            _await_right(client, settings)
    finally:
        client.close()
    check(settings)
    return [topic.name for topic in missing]


def _mend(client: KafkaAdminClient, problems: Iterable[Problem]) -> dict[str, str]:
    """Change what may be changed; by topic, why Kafka did not.

    All settings of a topic at once: with a policy of deleting and yesterday's retention, the topic
    would be emptied on the way.
    """
    configs: dict[str, dict[str, str]] = {}
    for problem in problems:
        if problem.mend is not None:
            configs.setdefault(problem.topic, {})[problem.setting] = problem.mend
    refused = {}
    for name, mended in configs.items():
        resource = ConfigResource(ConfigResourceType.TOPIC, name, configs=mended)
        answer = client.alter_configs([resource])["topic"][name]
        if answer != "OK":
            refused[name] = str(answer)
    return refused


@retry(
    retry=retry_if_exception_type(TopicsError),
    stop=stop_after_delay(APPEARS_WITHIN),
    wait=wait_fixed(0.2),
    reraise=True,
)
def _await_there(client: KafkaAdminClient, settings: Settings) -> None:
    """A broker may answer that it has made a topic before every broker knows of it."""
    there = set(client.list_topics())
    if missing := [topic for topic in Topics.of(settings).all() if topic.name not in there]:
        words = "was created, and is not there yet; look again with: casepulse topics"
        raise TopicsError(Problem(topic.name, "missing", words) for topic in missing)


@retry(
    retry=retry_if_exception_type(TopicsError),
    stop=stop_after_delay(APPEARS_WITHIN),
    wait=wait_fixed(0.2),
    reraise=True,
)
def _await_right(client: KafkaAdminClient, settings: Settings) -> None:
    """And the same of a setting that was changed."""
    if still := [each for each in _look(client, settings) if each.mend is not None]:
        raise TopicsError(still)


def check(settings: Settings) -> None:
    """Make sure that every topic is as it must be.

    Raises:
        TopicsError: naming each thing that is not, or that Kafka does not tell, and what to do.
        kafka.errors.KafkaError: Kafka can't be reached.
    """
    if problems := look(settings):
        raise TopicsError(problems)


def look(settings: Settings) -> list[Problem]:
    """All that is not as it must be.

    Raises:
        kafka.errors.KafkaError: Kafka can't be reached.
    """
    client = admin(settings)
    try:
        return _look(client, settings)
    finally:
        client.close()


def _look(client: KafkaAdminClient, settings: Settings) -> list[Problem]:
    there = set(client.list_topics())
    topics = Topics.of(settings).all()
    names = [topic.name for topic in topics if topic.name in there]
    described = {each["name"]: each["partitions"] for each in _described(client, names)}
    found = _found(client, names)
    problems: list[Problem | None] = []
    for topic in topics:
        if topic.name not in described:
            words = "is missing; create it with: casepulse topics --create"
            problems.append(Problem(topic.name, "missing", words))
            continue
        partitions = described[topic.name]
        copies = min((len(each["replica_nodes"]) for each in partitions), default=0)
        problems += [
            partitions_problem(topic.name, len(partitions), topic.partitions, keyed=topic.keyed),
            copies_problem(topic.name, copies, settings.replication),
            *setting_problems(topic.name, topic.settings, found.get(topic.name, {}), copies),
        ]
    return [problem for problem in problems if problem is not None]


def _described(client: KafkaAdminClient, names: list[str]) -> list[dict[str, Any]]:
    described: list[dict[str, Any]] = client.describe_topics(names) if names else []
    return [each for each in described if each["partitions"]]


def _found(client: KafkaAdminClient, names: list[str]) -> dict[str, dict[str, str | None]]:
    """By topic, what Kafka says of its settings; nothing, where it does not want to."""
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    if not resources:
        return {}
    try:
        found: dict[str, Any] = client.describe_configs(resources, config_filter="all")
    except KafkaError:
        return {}
    return {
        topic: {name: each["value"] for name, each in settings.items()}
        for topic, settings in found.get("topic", {}).items()
    }
