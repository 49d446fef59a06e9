"""What goes wrong with Redis: what a client raises, and what it means."""

from redis.asyncio.sentinel import MasterNotFoundError as AsyncMasterNotFoundError
from redis.exceptions import (
    AuthenticationError,
    ClusterDownError,
    ClusterError,
    MovedError,
    NoPermissionError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisClusterException,
    RedisError,
    ResponseError,
)
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.sentinel import MasterNotFoundError

from casepulse.schemas.errors import FailedError

#: What a client raises where Redis can't be reached, or refuses. Not all of it is a RedisError.
REDIS_ERRORS: tuple[type[Exception], ...] = (RedisError, RedisClusterException, OSError)


def why(error: BaseException) -> str:
    """What stands in Redis' way, in words for whoever looks after it; nobody's data is in them."""
    said = str(error)
    if isinstance(error, FailedError):
        return said
    for kind, words, meaning in _MEANINGS:
        if isinstance(error, kind) and words in said:
            return meaning
    return type(error).__name__


_Kinds = type[BaseException] | tuple[type[BaseException], ...]

#: Of what kind an error is, words that are in it, and what it means. The first that fits holds.
_MEANINGS: tuple[tuple[_Kinds, str, str], ...] = (
    (
        MovedError,
        "",
        "this is a node of a cluster; write redis+cluster://… into CASEPULSE_REDIS",
    ),
    (
        RedisClusterException,
        "Cluster mode is not enabled",
        "this is no cluster; write redis://… into CASEPULSE_REDIS",
    ),
    (RedisClusterException, "", "no node of the cluster that can be reached has our keys"),
    (ClusterDownError, "", "the cluster is down: some slots are nobody's"),
    (ClusterError, "TTL exhausted", "the keys are being moved to another node of the cluster"),
    (
        (MasterNotFoundError, AsyncMasterNotFoundError),
        "",
        "no sentinel that answers knows a live master of the name in CASEPULSE_REDIS",
    ),
    (
        ResponseError,
        "unknown command 'SENTINEL",
        "no sentinel is there, but Redis itself; CASEPULSE_REDIS must name the sentinels",
    ),
    (
        ResponseError,
        "unknown command",
        "it lacks a command; is it a sentinel? Then write redis+sentinel://…/NAME into "
        "CASEPULSE_REDIS. Redis must be 7.0 or newer",
    ),
    (
        ReadOnlyError,
        "",
        "it is a replica, which takes no writes; CASEPULSE_REDIS must name another",
    ),
    (
        ResponseError,
        "NOREPLICAS",
        "it takes no writes while too few replicas follow it (min-replicas-to-write)",
    ),
    (OutOfMemoryError, "", "it is out of memory"),
    (NoPermissionError, "", "the user may not do this; deploy/redis/users.acl has what is wanted"),
    (AuthenticationError, "", "the user or the password is wrong"),
    ((RedisTimeoutError, TimeoutError), "", "it does not answer in time"),
    ((RedisConnectionError, OSError), "", "it can't be reached"),
)
