"""What the world hears of a release: a message on a Kafka topic, and its figures in Redis.

Both can be told again without harm. The keys are in `docs/redis.md`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kafka import KafkaProducer

from casepulse.agents.release_store import Kept
from casepulse.schemas.release import Announcement
from casepulse.streams.redis_clients import connected
from casepulse.streams.security import kafka_python_options
from casepulse.streams.settings import Settings
from casepulse.streams.topics import Topics

#: Seconds that Kafka has to take the announcement.
ANSWER_WITHIN = 30


@dataclass(frozen=True, slots=True)
class ReleaseKeys:
    """The names of the releases' keys in Redis."""

    prefix: str

    @classmethod
    def of(cls, settings: Settings) -> "ReleaseKeys":
        """Those of an installation: `casepulse:{releases}:…`."""
        return cls(f"{settings.name}:{{releases}}")

    @property
    def names(self) -> str:
        """A sorted set: every release, by month and number."""
        return f"{self.prefix}:names"

    def figures(self, name: str) -> str:
        """A hash: measure to JSON, as in the live view."""
        return f"{self.prefix}:figures:{name}"

    def meta(self, name: str) -> str:
        """A string: JSON about the release, without its measures."""
        return f"{self.prefix}:meta:{name}"


def announcement(kept: Kept) -> bytes:
    """What is told of a release."""
    release = kept.release
    told = {name: getattr(release, name) for name in Announcement.model_fields if name != "content"}
    return Announcement(content=kept.manifest.content, **told).model_dump_json().encode()


def announce(kept: Kept, settings: Settings) -> None:
    """Tell Kafka that there is a release.

    Raises:
        kafka.errors.KafkaError: Kafka didn't take it.
    """
    producer = KafkaProducer(
        **kafka_python_options(settings),
        acks="all",
        enable_idempotence=settings.kafka_version is None,
    )
    try:
        topic, key = Topics.of(settings).releases.name, kept.release.name.encode()
        producer.send(topic, key=key, value=announcement(kept)).get(timeout=ANSWER_WITHIN)
    finally:
        producer.close()


def unshown(names: Sequence[str], settings: Settings) -> list[str]:
    """Those of these releases that do not stand in Redis: it came back empty, or another server
    took over that had not heard of them yet.

    Raises:
        Exception: one of `REDIS_ERRORS`: Redis can't be reached, or refuses.
    """
    keys = ReleaseKeys.of(settings)
    with connected(settings) as redis, redis.pipeline(transaction=False) as asked:
        for name in names:
            asked.exists(keys.figures(name))
            asked.exists(keys.meta(name))
        asked.exists(keys.names)
        *there, any_at_all = asked.execute()
    each = zip(names, there[::2], there[1::2], strict=True)
    return [name for name, figures, meta in each if not (figures and meta and any_at_all)]


def show(kept: Kept, settings: Settings) -> None:
    """Put a release's figures into Redis, all at once.

    Raises:
        Exception: one of `REDIS_ERRORS`: Redis can't be reached, or refuses.
    """
    keys, release = ReleaseKeys.of(settings), kept.release
    told: dict[Any, Any] = {
        name: measure.model_dump_json() for name, measure in release.measures.items()
    }
    place = int(release.month.replace("-", "")) * 1000 + release.number
    with connected(settings) as redis, redis.pipeline(transaction=True) as together:
        together.hset(keys.figures(release.name), mapping=told)
        together.set(keys.meta(release.name), announcement(kept))
        together.zadd(keys.names, {release.name: place})
        together.execute()
