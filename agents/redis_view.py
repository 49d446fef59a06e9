"""The live view in Redis: written by one script, read by anyone with three commands.

The contract is `docs/redis.md`. Every key has the hash tag `{live}`, so that a
cluster keeps them together and the script may touch them all.
"""

from contextlib import nullcontext
from dataclasses import dataclass
from importlib.resources import files
from time import monotonic
from typing import Any

import orjson
from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from casepulse.agents.view_sink import SinkError
from casepulse.schemas.view import MeasureView, View, ViewMeta, read_view_meta
from casepulse.streams.redis_clients import connected
from casepulse.streams.redis_trouble import REDIS_ERRORS, why
from casepulse.streams.settings import Settings

#: Seconds that a superseded view is kept, for a reader that is half way through it.
SUPERSEDED_KEPT = 60

#: Seconds after which all measures are told again, though few have changed or none: that no key is
#: lost Redis is asked each time, what was changed in one is not looked for.
WHOLE_EVERY = 60.0

#: What the script that publishes answers.
_PUBLISHED, _TELL_ALL = 1, 2

#: Seconds after which the heartbeat is gone when nothing is published any more.
HEARTBEAT_KEPT = 10


@dataclass(frozen=True, slots=True)
class Keys:
    """The names of the view's keys."""

    prefix: str

    @classmethod
    def of(cls, settings: Settings) -> "Keys":
        """Those of an installation: `casepulse:{live}:…`."""
        return cls(f"{settings.name}:{{live}}")

    @property
    def current(self) -> str:
        """A string: the version that holds."""
        return f"{self.prefix}:current"

    @property
    def heartbeat(self) -> str:
        """A string that is gone when nothing is published any more."""
        return f"{self.prefix}:heartbeat"

    @property
    def updates(self) -> str:
        """A stream, and a channel of the same name, that carry versions."""
        return f"{self.prefix}:updates"

    def view(self, version: int | str) -> str:
        """A hash: measure to JSON."""
        return f"{self.prefix}:view:{version}"

    def meta(self, version: int | str) -> str:
        """A string: JSON about the whole view."""
        return f"{self.prefix}:meta:{version}"


class RedisView:
    """Publishes views. A `ViewSink`."""

    name = "Redis"

    def __init__(self, redis: "AsyncRedis", settings: Settings) -> None:
        self._redis = redis
        self._keys = Keys.of(settings)
        self._publish = redis.register_script(script("publish.lua"))
        self._touch = redis.register_script(script("touch.lua"))
        self._whole_at: float | None = None
        self._taken: View | None = None
        """The one that was published last; None where it is not known that it stands."""

    async def show(self, view: View) -> bool:
        """Make this the current view; False if a newer one stands already. Where the figures are
        those that stand, the instant alone is told, and the version stays.

        Raises:
            SinkError: Redis can't be reached, or refuses.
        """
        before, self._taken = self._taken, None
        try:
            if before is not None and before.measures == view.measures:
                meta = view.meta.model_copy(update={"version": before.meta.version})
                if await self._renew(view.model_copy(update={"meta": meta})):
                    self._taken = before
                    return True
            taken = await self.publish(view, before)
        except REDIS_ERRORS as error:
            raise SinkError(why(error)) from error
        if taken:
            self._taken = view
        return taken

    async def _renew(self, view: View) -> bool:
        """The view that stands, as at another instant; False if another one stands."""
        return await (self.publish(view) if self.whole_is_due else self.touch(view.meta))

    async def publish(self, view: View, before: View | None = None) -> bool:
        """Make this the current view; False if a newer one stands already.

        Args:
            view: all of it.
            before: the view that was published before it, so that only the measures that have
                changed cross the wire. Whether it still stands, Redis itself looks.

        Raises:
            Exception: one of `REDIS_ERRORS`: Redis can't be reached, or refuses.
        """
        if self.whole_is_due:
            before = None
        same = before is not None and before.measures.keys() == view.measures.keys()
        if before is not None and same and before.meta.version < view.meta.version:
            done = await self._send(view, before)
            if done != _TELL_ALL:
                return done == _PUBLISHED
        done = await self._send(view, None)
        self._whole_at = monotonic()
        return done == _PUBLISHED

    @property
    def whole_is_due(self) -> bool:
        """Whether all of a view is to be told again, changed or not."""
        return self._whole_at is None or monotonic() - self._whole_at > WHOLE_EVERY

    async def _send(self, view: View, before: View | None) -> int:
        keys, version = self._keys, view.meta.version
        base = -1 if before is None else before.meta.version
        fields = [
            part
            for name, measure in view.measures.items()
            if before is None or measure != before.measures[name]
            for part in (name, measure.model_dump_json())
        ]
        done: int = await self._publish(
            keys=[
                keys.current,
                keys.view(version),
                keys.meta(version),
                keys.heartbeat,
                keys.updates,
                keys.view(base),
            ],
            args=[
                version,
                SUPERSEDED_KEPT,
                HEARTBEAT_KEPT,
                view.meta.model_dump_json(),
                _heartbeat(view.meta),
                keys.updates,
                keys.view(""),
                keys.meta(""),
                base,
                len(view.measures),
                *fields,
            ],
        )
        return done

    async def touch(self, meta: ViewMeta) -> bool:
        """The same figures hold as at a later instant; False if another view is current.

        Raises:
            Exception: one of `REDIS_ERRORS`: Redis can't be reached, or refuses.
        """
        keys, version = self._keys, meta.version
        done = await self._touch(
            keys=[keys.current, keys.view(version), keys.meta(version), keys.heartbeat],
            args=[
                version,
                HEARTBEAT_KEPT,
                meta.model_dump_json(),
                _heartbeat(meta),
                meta.measures,
            ],
        )
        return bool(done)


def script(name: str) -> str:
    """The text of one of our scripts for Redis."""
    return files("casepulse.agents").joinpath(name).read_text(encoding="utf-8")


def _heartbeat(meta: ViewMeta) -> bytes:
    beat = {"version": meta.version, "as_of": meta.as_of, "published": meta.published}
    return orjson.dumps(beat, option=orjson.OPT_UTC_Z)


def read_meta(settings: Settings, redis: Redis) -> ViewMeta | None:
    """What the current view is as at, without the view itself; None if there is none yet.

    Raises:
        Exception: one of `REDIS_ERRORS`: Redis can't be reached, or refuses.
    """
    keys = Keys.of(settings)
    version: Any = redis.get(keys.current)
    meta: Any = None if version is None else redis.get(keys.meta(version.decode()))
    return None if meta is None else read_view_meta(meta)


def read_view(settings: Settings, redis: "Redis | None" = None) -> View | None:
    """The current view; None if there is none yet.

    Raises:
        Exception: one of `REDIS_ERRORS`: Redis can't be reached, or refuses.
    """
    keys = Keys.of(settings)
    seen = None
    with nullcontext(redis) if redis is not None else connected(settings) as client:
        while True:
            current: Any = client.get(keys.current)
            if current is None or current == seen:
                return None  # there is none, or somebody has taken away what it points to
            version, seen = current.decode(), current
            meta: Any = client.get(keys.meta(version))
            fields: Any = client.hgetall(keys.view(version))
            if meta is not None and fields:
                break
            # else it was superseded more than a minute ago, while we read
    views = [MeasureView.model_validate_json(value, extra="ignore") for value in fields.values()]
    views.sort(key=lambda view: view.place)  # a hash has no order
    return View(
        meta=read_view_meta(meta),
        measures={view.measure: view for view in views},
    )
