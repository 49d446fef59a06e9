"""Clients of Redis, whether it is one server, one behind Sentinel, or a cluster.

The only place that knows which. Everybody else has one client, and three things to know: what it
raises is `REDIS_ERRORS`; a script's keys, and a transaction's, have one hash tag; and what was
acknowledged can be lost when another server takes over, so whoever writes looks whether it stands.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import Any, cast

from redis import Redis, RedisCluster, Sentinel
from redis.asyncio import Redis as AsyncRedis
from redis.asyncio import RedisCluster as AsyncRedisCluster
from redis.asyncio.cluster import ClusterNode as AsyncClusterNode
from redis.asyncio.retry import Retry as AsyncRetry
from redis.asyncio.sentinel import Sentinel as AsyncSentinel
from redis.asyncio.sentinel import SentinelConnectionPool
from redis.backoff import NoBackoff
from redis.cluster import ClusterNode
from redis.exceptions import RedisClusterException, RedisError
from redis.retry import Retry

from casepulse.streams.redis_address import Topology
from casepulse.streams.redis_trouble import REDIS_ERRORS
from casepulse.streams.security import redis_options, sentinel_options
from casepulse.streams.settings import Settings

#: Seconds between two questions to the sentinels who the master is. A master that is replaced as
#: planned goes on taking writes for ten seconds, all of which are lost.
LOOK_EVERY = 1.0


def connect(settings: Settings, **options: Any) -> AsyncRedis:
    """A client for as long as its loop runs, which the caller closes. It asks nobody yet.

    It tries once: whoever waits for Redis tries again, and says meanwhile that it is away.

    Args:
        settings: where Redis is, and who we are to it.
        options: those of redis-py's in which it shall differ.
    """
    address, once = settings.redis_address, AsyncRetry(NoBackoff(), 0)
    options = {**redis_options(settings), "retry": once, **options}
    if address.topology is Topology.SENTINEL:
        asked = {**sentinel_options(settings), "retry": once}
        sentinels = AsyncSentinel(address.hosts, sentinel_kwargs=asked)
        pool = _MastersPool(address.service, sentinels, **options)  # type: ignore[no-untyped-call]
        return AsyncRedis.from_pool(pool)
    if address.topology is Topology.CLUSTER:
        nodes = [AsyncClusterNode(host, port) for host, port in address.hosts]
        # Ours are four slots: others may be nobody's. It has a Redis' commands, if not its type.
        cluster = AsyncRedisCluster(startup_nodes=nodes, require_full_coverage=False, **options)
        return cast(AsyncRedis, cluster)
    return AsyncRedis(**options)


@contextmanager
def connected(settings: Settings) -> Iterator[Redis]:
    """A client for one task, such as reading a list: it asks anew who is to be asked.

    Args:
        settings: where Redis is, and who we are to it.

    Raises:
        Exception: one of `REDIS_ERRORS`: a cluster can't be reached.
    """
    address, once = settings.redis_address, Retry(NoBackoff(), 0)
    options = {**redis_options(settings), "retry": once}
    try:
        if address.topology is Topology.SENTINEL:
            asked = {**sentinel_options(settings), "retry": once}
            sentinels = Sentinel(address.hosts, sentinel_kwargs=asked)
            with sentinels, sentinels.master_for(address.service, **options) as redis:
                yield redis
        elif address.topology is Topology.CLUSTER:
            nodes = [ClusterNode(host, port) for host, port in address.hosts]
            with RedisCluster(startup_nodes=nodes, require_full_coverage=False, **options) as all_:
                yield cast(Redis, all_)
        else:
            with Redis(**options) as redis:
                yield redis
    except (RedisError, RedisClusterException) as error:
        error.add_note(address.place)  # for whoever says that it went wrong
        raise


class _MastersPool(SentinelConnectionPool):
    """Hands out connections to whoever the sentinels say is the master, by now."""

    _look_at = 0.0

    async def get_connection(self, *asked: Any, **options: Any) -> Any:
        """A connection to the master.

        Raises:
            redis.RedisError: it can't be reached, or no sentinel that can be knows one.
        """
        now = monotonic()
        if self.master_address is not None and now >= self._look_at:
            self._look_at = now + LOOK_EVERY
            # While no sentinel answers, who was the master is the best there is.
            with suppress(*REDIS_ERRORS):
                await self.get_master_address()  # type: ignore[no-untyped-call]
        found = super().get_connection(*asked, **options)  # type: ignore[no-untyped-call]
        connection = await found
        if (connection.host, connection.port) != self.master_address:
            try:
                await connection.disconnect()
                await connection.connect()
            except BaseException:
                await self.release(connection)
                raise
        return connection

    async def aclose(self) -> None:
        """Close every connection, those to the sentinels too."""
        await super().aclose()
        await self.sentinel_manager.aclose()
