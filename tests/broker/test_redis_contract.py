"""The contract of the live view, `docs/redis.md`: its examples run, its promises hold."""

import asyncio
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event as Flag
from threading import Thread
from typing import Any, TypeVar

import pytest
from redis import Redis
from redis.exceptions import NoPermissionError

from casepulse.agents.board import Board, BoardAgent
from casepulse.agents.followed_sources import FollowedKeys, read_followed, show_followed
from casepulse.agents.metrics import Metrics
from casepulse.agents.redis_view import HEARTBEAT_KEPT, SUPERSEDED_KEPT, Keys, RedisView, read_view
from casepulse.counties.scenario import scenario
from casepulse.schemas.due import Due
from casepulse.schemas.followed import BadRowTold, Followed, Night, TableRows, TypeFacts, Unlike
from casepulse.schemas.partial import Partial
from casepulse.schemas.profile import load_profile
from casepulse.schemas.view import AwaitedView, CellView, MeasureView, MonthView, View, ViewMeta
from casepulse.state import Fact, Figures, catalogue_for, evaluate
from casepulse.state.viewing import definitions_version, measure_views
from casepulse.streams.redis_clients import connect, connected
from casepulse.streams.settings import Settings
from tests.publishing import as_messages
from tests.running import is_tick
from tests.services import HOST, ROOT, missing, redis_binary, redis_server, redis_version, script
from tests.waiting import PATIENCE

pytestmark = pytest.mark.broker

DOCUMENT = (ROOT / "docs/redis.md").read_text(encoding="utf-8")

KEYS = Keys("casepulse:{live}")

R = TypeVar("R")


def blocks(language: str) -> list[str]:
    """The document's blocks of code in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", DOCUMENT, re.DOTALL | re.MULTILINE)


@pytest.fixture
def settings(redis_url: str, redis_client: Redis) -> Settings:
    """Those of an installation with this Redis, which is empty."""
    return Settings(redis=redis_url)


@pytest.fixture(scope="module")
def county_view(empty_view: View) -> View:
    """The view of a small made-up county, subjects and all."""
    at = empty_view.meta.as_of
    catalogue = catalogue_for(load_profile())
    events = scenario(seed=7, children=40, months=2)
    facts = [Fact.of(event) for event in events if not is_tick(event)]
    assert any(fact.subject.startswith("child:") for fact in facts)
    figures = Figures(evaluate(facts, catalogue, at), catalogue, at)
    return empty_view.model_copy(update={"measures": measure_views(figures)})


def with_publisher(settings: Settings, do: Callable[[RedisView], Awaitable[R]]) -> R:
    """What the worker does with its publisher, in a loop and with a client of its own."""

    async def run() -> R:
        redis = connect(settings)
        try:
            return await do(RedisView(redis, settings))
        finally:
            await redis.aclose()

    return asyncio.run(run())


def publish(settings: Settings, *views: View) -> list[bool]:
    """Publish one view after another; whether each was taken."""

    async def each(publisher: RedisView) -> list[bool]:
        return [await publisher.publish(view) for view in views]

    return with_publisher(settings, each)


def numbered(view: View, version: int) -> View:
    """The same view under another version, which every measure tells by its numerator."""
    return View(
        meta=view.meta.model_copy(update={"version": version}),
        measures={
            name: measure.model_copy(update={"numerator": version})
            for name, measure in view.measures.items()
        },
    )


# The document


def run_block(command: list[str], redis_url: str) -> list[str]:
    """The lines that an example prints."""
    ran = subprocess.run(
        command,
        env={**os.environ, "REDIS_URL": redis_url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines()


def test_the_python_example_runs(
    settings: Settings, redis_client: Redis, county_view: View
) -> None:
    publish(settings, county_view)
    [example] = blocks("python")
    visits = county_view.measures["cp_visits"]

    figure, age = run_block([sys.executable, "-c", example], settings.redis)

    assert figure == f"{visits.title} {visits.published or 'n/a'} late: {visits.late}"
    assert age == "live as at 2021-01-15T09:00:00Z"

    redis_client.delete(KEYS.heartbeat)  # as when publishing has stopped
    figure_later, age = run_block([sys.executable, "-c", example], settings.redis)
    assert figure_later == figure
    assert age == "old as at 2021-01-15T09:00:00Z"


def test_the_python_example_prints_nothing_known_as_not_available(
    settings: Settings, empty_view: View
) -> None:
    publish(settings, empty_view)
    [example] = blocks("python")
    assert run_block([sys.executable, "-c", example], settings.redis)[0].endswith(" n/a late: 0")


def test_the_shell_example_runs(settings: Settings, county_view: View) -> None:
    if shutil.which("redis-cli") is None:
        missing("No redis-cli. On Debian and Ubuntu: apt install redis-tools")
    publish(settings, county_view)
    [example] = blocks("sh")

    meta, visits = run_block(["sh", "-e", "-c", example], settings.redis)

    assert ViewMeta.model_validate_json(meta) == county_view.meta
    assert MeasureView.model_validate_json(visits) == county_view.measures["cp_visits"]


def test_the_examples_run_as_the_user_reader(tmp_path: Path, county_view: View) -> None:
    binary = redis_binary()
    if binary is None or redis_version(binary) < (7, 0) or shutil.which("redis-cli") is None:
        missing("No redis-server 7.0 and redis-cli. On Debian and Ubuntu: apt install redis")
    users = tmp_path / "users.acl"
    users.write_text(script("deploy/redis/make-acl.py").acl("the-worker-s", "the-reader-s"))
    with redis_server(binary, "--aclfile", str(users)) as port:
        publish(Settings(redis=f"redis://worker:the-worker-s@{HOST}:{port}/0"), county_view)
        reader = f"redis://reader:the-reader-s@{HOST}:{port}/0"
        assert len(run_block([sys.executable, "-c", blocks("python")[0]], reader)) == 2
        assert len(run_block(["sh", "-e", "-c", blocks("sh")[0]], reader)) == 2


def test_a_source_is_told_by_the_worker_and_read_by_the_reader(tmp_path: Path) -> None:
    binary = redis_binary()
    if binary is None or redis_version(binary) < (7, 0):
        missing("No redis-server 7.0. On Debian and Ubuntu: apt install redis")
    users = tmp_path / "users.acl"
    users.write_text(script("deploy/redis/make-acl.py").acl("the-worker-s", "the-reader-s"))
    now = datetime(2026, 11, 30, 2, tzinfo=UTC)
    followed = Followed(source="ssd", looked=now)
    with redis_server(binary, "--aclfile", str(users)) as port:
        show_followed(followed, Settings(redis=f"redis://worker:the-worker-s@{HOST}:{port}/0"), now)
        reader = Settings(redis=f"redis://reader:the-reader-s@{HOST}:{port}/0")
        keys = FollowedKeys.of(reader)
        assert {keys.followed, keys.written} <= set(re.findall(r"`(casepulse:[^`]+)`", DOCUMENT))
        with connected(reader) as client:
            assert read_followed(client.hgetall(keys.followed)) == (followed,)
            assert client.hget(keys.written, "ssd") == now.isoformat().encode()
            with pytest.raises(NoPermissionError):
                client.hset(keys.written, "ssd", "later")


_OF_THE_VIEW = (ViewMeta, MeasureView, AwaitedView, MonthView, CellView, Due)
_OF_SOURCES = (Followed, Night, TableRows, TypeFacts, Unlike, BadRowTold)


@pytest.mark.parametrize("model", [*_OF_THE_VIEW, *_OF_SOURCES])
def test_the_document_names_every_field(model: Any) -> None:
    told = set(re.findall(r"`([a-z_]+)`", DOCUMENT))
    assert set(model.model_fields) <= told


def test_the_document_names_the_keys_and_how_long_they_are_kept(settings: Settings) -> None:
    keys = Keys.of(settings)
    for key in (keys.current, keys.view("<version>"), keys.meta("<version>"), keys.updates):
        assert f"`{key}`" in DOCUMENT
    assert f"{SUPERSEDED_KEPT} s after it is superseded" in DOCUMENT
    assert f"`{keys.heartbeat}` | string" in DOCUMENT
    assert f"{HEARTBEAT_KEPT} s after it was last written" in DOCUMENT


# The promises


def test_what_is_read_is_what_was_published(
    settings: Settings, redis_client: Redis, county_view: View
) -> None:
    assert read_view(settings, redis_client) is None
    assert publish(settings, county_view) == [True]
    read = read_view(settings, redis_client)
    assert read == county_view
    assert read is not None
    assert list(read.measures) == list(county_view.measures), "in the same order"


def test_an_older_version_is_refused_and_changes_nothing(
    settings: Settings, redis_client: Redis, empty_view: View
) -> None:
    newer = numbered(empty_view, 10)
    assert publish(settings, newer, numbered(empty_view, 9)) == [True, False]

    assert read_view(settings, redis_client) == newer
    assert not redis_client.exists(KEYS.view(9), KEYS.meta(9))
    assert redis_client.xlen(KEYS.updates) == 1


def test_versions_are_numbers_and_not_text(
    settings: Settings, redis_client: Redis, empty_view: View
) -> None:
    views = [numbered(empty_view, version) for version in (9, 10, 2**53 - 2, 2**53 - 1)]
    assert publish(settings, *views) == [True] * 4
    assert redis_client.get(KEYS.current) == str(2**53 - 1).encode()
    assert redis_client.ttl(KEYS.view(2**53 - 2)) > 0


def test_an_equal_version_replaces_the_view(
    settings: Settings, redis_client: Redis, empty_view: View
) -> None:
    again = View(meta=empty_view.meta, measures=numbered(empty_view, 5).measures)
    assert publish(settings, empty_view, again) == [True, True]
    assert read_view(settings, redis_client) == again
    assert redis_client.ttl(KEYS.view(1)) == -1, "it supersedes nothing, so nothing expires"
    assert redis_client.ttl(KEYS.meta(1)) == -1


def test_a_measure_that_is_gone_is_not_left_behind(
    settings: Settings, redis_client: Redis, empty_view: View
) -> None:
    name = next(iter(empty_view.measures))
    without = View(
        meta=empty_view.meta,
        measures={key: value for key, value in empty_view.measures.items() if key != name},
    )
    publish(settings, empty_view, without)
    assert not redis_client.hexists(KEYS.view(1), name)


def test_only_what_has_changed_is_sent_and_the_whole_view_stands(
    settings: Settings, redis_client: Redis, empty_view: View, county_view: View
) -> None:
    name, other = list(empty_view.measures)[:2]
    measures = {**empty_view.measures, name: county_view.measures[name]}
    second = numbered(View(meta=empty_view.meta, measures=measures), 5)

    async def send(*pairs: tuple[View, View | None]) -> list[bool]:
        redis = connect(settings)
        publisher = RedisView(redis, settings)
        sent = [await publisher.publish(view, before) for view, before in pairs]
        await redis.aclose()
        return sent

    assert asyncio.run(send((empty_view, None), (second, empty_view))) == [True, True]
    assert read_view(settings, redis_client) == second
    assert redis_client.ttl(KEYS.view(5)) == -1
    # Somebody else's view stands now, or none at all: all of it is told.
    redis_client.hset(KEYS.view(5), other, "not ours")
    publish(settings, numbered(county_view, 7))
    third = numbered(second, 8)
    assert asyncio.run(send((third, second))) == [True]
    assert read_view(settings, redis_client) == third
    redis_client.flushdb()
    fourth = numbered(second, 9)
    assert asyncio.run(send((fourth, third))) == [True]
    assert read_view(settings, redis_client) == fourth


def test_only_what_was_superseded_expires(
    settings: Settings, redis_client: Redis, empty_view: View
) -> None:
    publish(settings, numbered(empty_view, 3), numbered(empty_view, 7))

    for key in (KEYS.view(3), KEYS.meta(3)):
        assert 0 < redis_client.ttl(key) <= SUPERSEDED_KEPT
    for key in (KEYS.current, KEYS.view(7), KEYS.meta(7), KEYS.updates):
        assert redis_client.ttl(key) == -1, key
    assert 0 < redis_client.ttl(KEYS.heartbeat) <= HEARTBEAT_KEPT
    assert redis_client.dbsize() == 7


def test_when_publishing_stops_the_view_stays_without_its_heartbeat(
    settings: Settings, redis_client: Redis, empty_view: View
) -> None:
    publish(settings, empty_view)
    redis_client.pexpire(KEYS.heartbeat, 1)
    while redis_client.exists(KEYS.heartbeat):
        pass
    assert read_view(settings, redis_client) == empty_view


def test_touch_renews_the_meta_without_a_new_version(
    settings: Settings, redis_client: Redis, empty_view: View
) -> None:
    later = empty_view.meta.model_copy(
        update={"as_of": empty_view.meta.as_of + timedelta(seconds=1)}
    )

    async def publish_and_touch(publisher: RedisView) -> list[bool]:
        return [await publisher.publish(empty_view), await publisher.touch(later)]

    assert with_publisher(settings, publish_and_touch) == [True, True]
    view = read_view(settings, redis_client)
    assert view is not None
    assert view.meta == later
    assert view.measures == empty_view.measures
    assert redis_client.ttl(KEYS.meta(1)) == -1
    assert 0 < redis_client.ttl(KEYS.heartbeat) <= HEARTBEAT_KEPT
    assert b"09:00:01" in (redis_client.get(KEYS.heartbeat) or b"")
    assert redis_client.xlen(KEYS.updates) == 1, "readers are told of new figures only"


def test_only_the_current_view_can_be_touched(
    settings: Settings, redis_client: Redis, empty_view: View
) -> None:
    async def touch(publisher: RedisView) -> list[bool]:
        before = await publisher.touch(empty_view.meta)
        await publisher.publish(numbered(empty_view, 2))
        return [before, await publisher.touch(empty_view.meta)]

    assert with_publisher(settings, touch) == [False, False]
    assert not redis_client.exists(KEYS.meta(1))


def test_a_concurrent_reader_sees_whole_views_in_order(
    settings: Settings, redis_url: str, empty_view: View
) -> None:
    views = [numbered(empty_view, version) for version in range(1, 201)]
    publish(settings, views[0])
    seen: list[tuple[int, set[int]]] = []
    stop = Flag()

    def read() -> None:
        with Redis.from_url(redis_url) as client:
            while not stop.is_set():
                view = read_view(settings, client)
                assert view is not None
                assert view.measures.keys() == empty_view.measures.keys()
                numbers = {measure.numerator for measure in view.measures.values()}
                seen.append((view.meta.version, numbers))

    failures: list[BaseException] = []

    def guarded() -> None:
        try:
            read()
        except BaseException as error:
            failures.append(error)

    reader = Thread(target=guarded)
    reader.start()
    try:
        assert all(publish(settings, *views[1:]))
    finally:
        stop.set()
        reader.join()
    assert not failures
    assert all(numbers == {version} for version, numbers in seen), "torn"
    versions = [version for version, _ in seen]
    assert versions == sorted(versions)
    assert len(set(versions)) > 2, "the reader read while views were published"


def test_the_stream_and_the_channel_tell_the_version(
    settings: Settings, redis_client: Redis, empty_view: View
) -> None:
    channel: Any = redis_client.pubsub()  # type: ignore[no-untyped-call]
    channel.subscribe(KEYS.updates)
    assert channel.get_message(timeout=PATIENCE)["type"] == "subscribe"

    publish(settings, *(numbered(empty_view, version) for version in (4, 6)))

    assert [channel.get_message(timeout=PATIENCE)["data"] for _ in range(2)] == [b"4", b"6"]
    told: Any = redis_client.xread({KEYS.updates: "0"})
    [[_, entries]] = told
    assert [fields for _, fields in entries] == [{b"version": b"4"}, {b"version": b"6"}]
    channel.close()


def test_no_subject_of_a_case_is_in_any_key_or_value(
    settings: Settings, redis_client: Redis, county_view: View
) -> None:
    publish(settings, county_view)
    kinds = ("child", "contact", "worker", "household", "legal_case")
    subject = re.compile(rb"\b(?:%s):" % "|".join(kinds).encode())

    held = list(everything(redis_client))

    assert len(held) > len(county_view.measures)
    assert not [text for text in held if subject.search(text)]


def everything(redis: Any) -> Iterator[bytes]:
    """Every key, field and value of the database."""
    for key in redis.scan_iter():
        yield key
        match redis.type(key):
            case b"string":
                yield redis.get(key) or b""
            case b"hash":
                for field, value in redis.hgetall(key).items():
                    yield from (field, value)
            case b"stream":
                for _, fields in redis.xrange(key):
                    yield from (part for pair in fields.items() for part in pair)
            case kind:
                raise AssertionError(f"{key!r} is a {kind!r}")


# The board, which decides what is published


def test_a_redis_that_was_emptied_gets_the_whole_view_again(
    settings: Settings, redis_client: Redis, empty_view: View
) -> None:
    catalogue = catalogue_for(load_profile())
    first = Partial(
        partition=0,
        claim=0,
        sequence=0,
        definitions=definitions_version(catalogue),
        as_of=empty_view.meta.as_of,
        read_to=-1,
        cells={},
    )
    same = {"cells": None, "same_as": 0}
    second = first.model_copy(
        update={"sequence": 1, "as_of": first.as_of + timedelta(seconds=1), **same}
    )
    third = first.model_copy(
        update={"sequence": 2, "as_of": first.as_of + timedelta(seconds=2), **same}
    )

    async def board(publisher: RedisView) -> None:
        agent = BoardAgent(Board(catalogue, 1), publisher, Metrics(catalogue))
        await agent.read(as_messages((first.sequence, first)))
        await agent.publish()
        await agent.read(as_messages((second.sequence, second)))
        await agent.publish()
        view = read_view(settings, redis_client)
        assert view is not None
        assert (view.meta.version, view.meta.as_of) == (1, second.as_of), "renewed, no new version"

        redis_client.flushdb()
        await agent.publish()
        assert redis_client.dbsize() == 0, "nothing has changed, so nothing is published"
        await agent.read(as_messages((third.sequence, third)))
        await agent.publish()

    with_publisher(settings, board)
    view = read_view(settings, redis_client)
    assert view is not None
    assert view.measures == empty_view.measures
    assert (view.meta.version, view.meta.as_of) == (3, third.as_of)
    assert redis_client.exists(KEYS.heartbeat)
