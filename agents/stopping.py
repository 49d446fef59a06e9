"""Why a worker ends by itself, and with which exit status: what it can't go on with is said."""

import os
import signal

import structlog

from casepulse.streams.settings import Settings

log = structlog.get_logger()

#: The exit status where a setting is wrong: to start the worker again as it is does not help.
WRONG_SETTING = 2


class Stopping:
    """Ends the process as SIGTERM does."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._failed: BaseException | None = None
        self.status = 1
        """The exit status of a worker that did not end well."""

    @property
    def failed(self) -> bool:
        """Whether the worker stops for something that it can't go on with."""
        return self._failed is not None

    def stop(self, why: BaseException) -> None:
        """End the worker: whoever calls has said why."""
        self._failed = why
        os.kill(os.getpid(), signal.SIGTERM)

    def refused(self, error: BaseException) -> None:
        """Kafka has refused a row or a dead letter: stop, before anything is lost by going on."""
        if not self.failed:
            log.error("kafka refused a message; stopping", kind=type(error).__name__)
            self.stop(error)

    def gone(self, topics: list[str]) -> None:
        """Clients wait for a topic that was deleted without end, and it comes back empty."""
        log.error(
            "a topic is gone; stopping. Create it with: casepulse topics --create", topics=topics
        )
        self.stop(RuntimeError(f"missing: {', '.join(topics)}"))

    def fenced(self) -> None:
        """Another worker has this one's name, and its partitions."""
        if not self.failed:
            self.status = WRONG_SETTING
            log.error(
                "another worker has the same CASEPULSE_INSTANCE and took over; stopping. Give each "
                "worker a name of its own, or none",
                instance=self._settings.instance,
            )
            self.stop(RuntimeError("two workers of one name"))

    def unreadable(self, error: Exception) -> None:
        """A later version of casepulse was here, and this one can't go on from what it has kept."""
        if not self.failed:
            self.status = WRONG_SETTING
            log.error("what was kept can't be read; stopping", problem=str(error))
            self.stop(error)
