"""The parts of the process that follows a source, put together."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

import structlog

from casepulse.agents.followed_sources import show_followed
from casepulse.batch.telling import AboutToTell, Outcome, finish, tell_extract
from casepulse.batch.told_store import Publish, ToldStore
from casepulse.following.arrivals import Arrival, Database, Folder
from casepulse.following.clock import Clock
from casepulse.following.follower import Follower
from casepulse.following.kept_nights import KeptNights
from casepulse.following.settings import FollowSettings
from casepulse.schemas.errors import FailedError, WrongError
from casepulse.schemas.extracts import ExtractSettings
from casepulse.schemas.followed import Followed
from casepulse.schemas.profile import load_profile
from casepulse.streams.publishing import Publisher
from casepulse.streams.redis_trouble import REDIS_ERRORS, why
from casepulse.streams.settings import Settings
from casepulse.terminal.error_messages import explained

log = structlog.get_logger()


class TellingExtracts:
    """Tells a source's extracts from its state.

    Args:
        settings: which source, and where its state is.
        extracts: what the profile says of them.
        publish: tells events.
    """

    def __init__(
        self, settings: FollowSettings, extracts: ExtractSettings, publish: Publish
    ) -> None:
        self._source = settings.source
        self._extracts = extracts
        self._publish = publish
        self._store = ToldStore(settings.state, settings.source)

    def finish(self) -> bool:
        """Tell the rest of what was broken off; whether there was something."""
        return finish(self._store, self._publish)

    def taken(self) -> datetime | None:
        """When the last extract was taken that was told."""
        return self._store.taken()

    def tell(self, arrival: Arrival, about_to_tell: AboutToTell) -> Outcome:
        """Tell what an extract changes."""
        return tell_extract(
            self._source,
            arrival.place,
            taken=arrival.taken,
            settings=self._extracts,
            store=self._store,
            publish=self._publish,
            about_to_tell=about_to_tell,
        )


class Shown:
    """Shows a source in Redis. What Redis does not take, it is told at the next look."""

    def __init__(self, settings: Settings, now: Callable[[], datetime]) -> None:
        self._settings = settings
        self._now = now
        self.trouble = ""
        """Why it did not take the last, if it did not."""

    def __call__(self, followed: Followed) -> None:
        """Show it."""
        try:
            show_followed(followed, self._settings, self._now())
        except REDIS_ERRORS as error:
            if not self.trouble:
                log.warning("Redis does not take what came of a source", why=why(error))
            self.trouble = why(error)
        else:
            self.trouble = ""


class Service:
    """The parts of the process, put together.

    Args:
        settings: where Kafka and Redis are, and which profile.
        following: which source, where and when.
        clock: the wall's; another one only in tests.

    Raises:
        casepulse.schemas.profile.ProfileError: the profile can't be used.
        casepulse.streams.committed.SourceError: what is kept of the last nights can't be read.
    """

    def __init__(self, settings: Settings, following: FollowSettings, clock: Clock) -> None:
        self._shown = Shown(settings, clock.now)
        extracts = load_profile(settings.profile).extracts

        def publish(lines: Iterable[bytes]) -> None:
            # A producer of its own each time: there is a day between two.
            with Publisher(settings) as publisher:
                publisher.publish_all(lines)

        self.follower = Follower(
            following,
            Database(following) if following.database else Folder(following),
            TellingExtracts(following, extracts.get(following.source, ExtractSettings()), publish),
            KeptNights(following.state, following.source),
            now=clock.now,
            show=self._shown,
            explain=in_a_line,
        )

    def obstacles(self) -> Mapping[str, str]:
        """What keeps it from telling what comes. For any thread."""
        trouble = self.follower.followed.trouble
        return {"source": trouble} if trouble else {}

    def warnings(self) -> Mapping[str, str]:
        """What is not as it should be, and keeps it from nothing. For any thread."""
        followed, told = self.follower.followed, {}
        if followed.late:
            told["extract"] = "none has come by the hour by which it must"
        if followed.stands_refused and followed.last is not None:
            told["refused"] = f"{followed.last.extract} was refused"
        if self._shown.trouble:
            told["redis"] = self._shown.trouble
        return told


def in_a_line(error: Exception) -> str:
    """What went wrong, for people. What nobody has foreseen says its kind alone: its words might
    hold a value of somebody's row."""
    if isinstance(error, FailedError | WrongError):
        return str(error)
    return (
        explained(error) or f"{type(error).__name__}, which nobody has foreseen; please report it"
    )
