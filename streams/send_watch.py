"""How sending to Kafka fares, as Faust's sensors tell it."""

from collections.abc import Callable
from time import monotonic
from typing import Any

from faust.sensors import Sensor


class SendWatch(Sensor):
    """How sending to Kafka fares, topic by topic. Faust only logs a send that failed."""

    def __init__(self) -> None:
        super().__init__()
        self.failures = 0
        self.on_failure: Callable[[], object] = lambda: None
        """Called at each failure."""
        self._refused: set[str] = set()
        self._under_way: dict[str, int] = {}
        self._answered: dict[str, float] = {}

    def begun(self, topic: str) -> None:
        """Something is being sent."""
        if not self._under_way.get(topic):
            self._answered[topic] = monotonic()
        self._under_way[topic] = self._under_way.get(topic, 0) + 1

    def ended(self, topic: str, *, failed: bool) -> None:
        """Kafka has it, or has refused it for good."""
        self._under_way[topic] -= 1
        self._answered[topic] = monotonic()
        if failed:
            self._refused.add(topic)
            self.failures += 1
            self.on_failure()
        else:
            self._refused.discard(topic)

    def refused(self) -> list[str]:
        """The topics whose last message was refused. For any thread."""
        return sorted(self._refused.copy())

    def silent_for(self) -> dict[str, float]:
        """The topics to which something is being sent, with the seconds for which Kafka has
        answered nothing. For any thread."""
        now = monotonic()
        return {
            topic: now - self._answered[topic]
            for topic, count in list(self._under_way.items())
            if count
        }

    def on_send_initiated(
        self, producer: Any, topic: str, message: Any, keysize: int, valsize: int
    ) -> str:
        """Faust begins to send a message. What is returned here comes back with its end."""
        self.begun(topic)
        return topic

    def on_send_error(self, producer: Any, exc: BaseException, state: str) -> None:
        """A message could not be written."""
        self.ended(state, failed=True)

    def on_send_completed(self, producer: Any, state: str, metadata: Any) -> None:
        """A message was written."""
        self.ended(state, failed=False)
