"""Redis behind Sentinel and in a cluster, over TLS and with users and passwords everywhere."""

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import pytest
import trustme
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoPermissionError, RedisClusterException
from redis.exceptions import TimeoutError as RedisTimeoutError

from casepulse.access.reading import list_reader
from casepulse.agents.due_lists import DueLists
from casepulse.agents.holding import Held
from casepulse.agents.redis_view import RedisView, read_view
from casepulse.agents.release_news import ReleaseKeys, unshown
from casepulse.schemas.view import View
from casepulse.state import Partition, open_catalogue
from casepulse.streams.redis_clients import connect, connected
from casepulse.streams.redis_trouble import REDIS_ERRORS
from casepulse.streams.settings import Settings
from tests import services
from tests.build import plan, when
from tests.publishing import watching
from tests.redis_topologies import ALMIGHTY, Secured, cluster, watched

pytestmark = pytest.mark.broker

T = TypeVar("T")

_WORKER, _READER, _LISTS = "worker-51d0c2b6e8f94a7380", "reader-9b0e7d", "lists-c4418f"
_REPLICA, _SENTINEL, _OURS = "replica-77e1", "sentinel-0c9b", "sentinels-ask-us-3d5f"

#: Who we are to the sentinels, as docs/redis.md has it.
_ASKING = f"user asking on >{_OURS} +sentinel|masters +ping +hello +auth +client|setname\n"


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Secured:
    """Certificates and files of users."""
    folder = tmp_path_factory.mktemp("secured")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    own = authority.issue_cert("127.0.0.1", "localhost")
    own.private_key_and_cert_chain_pem.write_to_path(str(folder / "own.pem"))
    users = services.script("deploy/redis/make-acl.py").acl(
        _WORKER, _READER, _LISTS, _REPLICA, _SENTINEL
    )
    (folder / "users.acl").write_text(users + ALMIGHTY)
    (folder / "sentinels.acl").write_text("user default reset\n" + _ASKING + ALMIGHTY)
    return Secured(
        folder / "own.pem", folder / "ca.pem", folder / "users.acl", folder / "sentinels.acl"
    )


@pytest.fixture(params=["sentinel", "cluster"])
def right(request: pytest.FixtureRequest, secured: Secured) -> Iterator[dict[str, Any]]:
    """The settings with which the worker comes in."""
    worker = {"redis_ca": secured.authority, "redis_user": "worker", "redis_password": _WORKER}
    worker["partitions"] = 1
    if request.param == "sentinel":
        with watched(secured, _REPLICA, _SENTINEL) as found:
            asking = {"redis_sentinel_user": "asking", "redis_sentinel_password": _OURS}
            yield {"redis": found.url("rediss+sentinel"), **worker, **asking}
    else:
        with cluster(secured, _REPLICA) as nodes:
            yield {"redis": nodes.url("rediss+cluster"), **worker}


def patiently(do: Callable[[], T]) -> T:
    """What it comes to, once this machine is not too busy to shake hands in time."""
    until = time.monotonic() + 60
    while True:
        try:
            return do()
        except (RedisConnectionError, RedisTimeoutError, RedisClusterException):
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def test_each_user_may_do_what_it_is_for_and_nobody_else_comes_in(
    right: dict[str, Any], empty_view: View
) -> None:
    worker = Settings.from_environment(**right)
    reader = Settings.from_environment(
        **{**right, "redis_user": "reader", "redis_password": _READER}
    )
    lists = Settings.from_environment(**{**right, "redis_user": "lists", "redis_password": _LISTS})
    catalogue = open_catalogue()
    partition = Partition(catalogue, when("2021-01-20"))
    partition.apply(plan("2021-01-04"))

    async def publish() -> None:
        redis = connect(worker)
        try:
            assert await RedisView(redis, worker).publish(empty_view)
            await DueLists(redis, worker, catalogue).write(Held(0, partition, claim=7), 0.0)
        finally:
            await redis.aclose()

    async def watch_it() -> None:
        async with watching(reader) as watch, asyncio.timeout(60):
            while watch.seen is None:
                await asyncio.sleep(0.05)

    def as_reader(*command: str) -> Any:
        with connected(reader) as client:
            return client.execute_command(*command)

    patiently(lambda: asyncio.run(publish()))
    asyncio.run(watch_it())
    assert patiently(lambda: unshown(["2021-01/1-flash"], worker)) == ["2021-01/1-flash"]
    assert patiently(lambda: read_view(reader)) == empty_view
    assert len(patiently(lambda: list_reader(lists)("cp_visits").lines)) == 1
    with pytest.raises(NoPermissionError):
        patiently(lambda: as_reader("SET", "casepulse:{live}:current", "9"))
    with pytest.raises(NoPermissionError):
        patiently(lambda: list_reader(reader)("cp_visits"))
    assert patiently(lambda: as_reader("ZRANGE", ReleaseKeys.of(reader).names, "0", "-1")) == []

    for wrong in ({"redis_password": "wrong"}, {"redis_user": None, "redis_password": None}):
        with pytest.raises(REDIS_ERRORS):
            read_view(Settings.from_environment(**{**right, **wrong}))
    with pytest.raises(REDIS_ERRORS):  # a certificate that nobody trusts
        read_view(Settings.from_environment(**{**right, "redis_ca": None}))
    if "redis_sentinel_password" in right:
        with pytest.raises(REDIS_ERRORS):
            read_view(Settings.from_environment(**{**right, "redis_sentinel_password": "other"}))
