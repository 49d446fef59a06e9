"""Whether Redis may throw away what we wrote: its eviction policy must be `noeviction`.

Under any other one a key may be gone at any time, a list of children who are late among them. What
is lost is noticed and written again, but there is a while before.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.exceptions import NoPermissionError

from casepulse.streams.redis_trouble import REDIS_ERRORS

log = structlog.get_logger()

#: Seconds between two looks: somebody may change it while all runs.
LOOK_EVERY = 5.0

#: The policy that evicts nothing: Redis then refuses what finds no room, and that is told.
NONE = "noeviction"


class EvictionWatch:
    """Looks at the policy at the start, and again and again."""

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis
        self._policies: frozenset[str] | None = None
        self._refused = False

    async def run(self, should_stop: Callable[[], bool]) -> None:
        """Look until the worker stops."""
        while not should_stop():
            await self.look()
            await asyncio.sleep(LOOK_EVERY)

    async def look(self) -> None:
        """Ask Redis. One that is away is no news here: whoever writes to it says so."""
        try:
            told: Any = await self._redis.info("memory")
        except REDIS_ERRORS as error:
            self._refused = isinstance(error, NoPermissionError)
            return
        self._refused = False
        policies = frozenset(_policies(told))
        if policies != self._policies and policies - {NONE}:
            log.warning("redis may evict what was written", policy=sorted(policies))
        self._policies = policies

    def evicts(self) -> bool | None:
        """Whether keys may be evicted; None if that was never told. For any thread."""
        return None if self._policies is None else bool(self._policies - {NONE})

    def warning(self) -> str:
        """What is wrong with the policy; empty if nothing is. For any thread."""
        if self._refused:
            return (
                "does not let us read its eviction policy; make its users anew with "
                "deploy/redis/make-acl.py"
            )
        if wrong := sorted((self._policies or frozenset()) - {NONE}):
            return (
                f"its maxmemory-policy is {', '.join(wrong)}: it may throw away figures and lists; "
                f"set it to {NONE}"
            )
        return ""


def _policies(told: dict[str, Any]) -> list[str]:
    """Of one server, or of each node of a cluster."""
    nodes = [told] if "maxmemory_policy" in told else list(told.values())
    return [str(node["maxmemory_policy"]) for node in nodes]
