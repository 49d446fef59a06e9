"""A list that is not as it was written is never shown as a whole one, and is written again.

Each key of the lists is lost alone, changed, or put in another's place, in a real Redis.
"""

import asyncio
import csv
import io
import json
import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from redis import Redis

from casepulse.access.reading import MOST_PARTITIONS, ListRead, read_list
from casepulse.agents.due_lists import KEPT, DueLists, ListKeys, PartitionLists, digest, said_of
from casepulse.agents.eviction import EvictionWatch
from casepulse.agents.holding import Holding
from casepulse.agents.list_keeping import FAILING_AFTER, ListKeeper
from casepulse.agents.metrics import Metrics
from casepulse.commands import _parser, application
from casepulse.schemas.due import Due
from casepulse.state import open_catalogue
from casepulse.streams.redis_clients import connect
from casepulse.streams.settings import PREFIX, Settings
from tests.access.people import NOW, REVIEWS, VISITS, line
from tests.build import plan, visit, when
from tests.services import HOST, missing, redis_binary, redis_server, redis_version, script

pytestmark = pytest.mark.broker

_CATALOGUE = open_catalogue()

#: 43 lines of visits in two partitions, and a few of reviews.
_LINES: tuple[list[Due], list[Due]] = (
    [line(f"child:a{n}") for n in range(23)] + [line(f"child:a{n}", REVIEWS) for n in range(5)],
    [line(f"child:b{n}") for n in range(20)],
)


@dataclass
class Written:
    """Two partitions' lists in Redis, their owner, and a reader."""

    settings: Settings
    redis: Redis

    def write(self, do: Callable[[DueLists], Awaitable[Any]] | None = None) -> Any:
        """Write both partitions' lists, then do something with what wrote them."""

        async def run() -> Any:
            client = connect(self.settings)
            lists = DueLists(client, self.settings, _CATALOGUE)
            for partition, lines in enumerate(_LINES):
                told = PartitionLists.of(7, NOW.isoformat(), lines, lists.names)
                assert await lists.put(partition, told)
                lists._written[partition] = 0.0, told
            done = None if do is None else await do(lists)
            await client.aclose()
            return done

        return asyncio.run(run())

    def read(self, measure: str = VISITS, **settings: object) -> ListRead:
        return read_list(self.settings.model_copy(update=settings), measure, self.redis)

    def held(self) -> dict[bytes, Any]:
        """All that Redis holds, in comparable form."""
        redis: Any = self.redis
        by_type: dict[bytes, Callable[[bytes], Any]] = {
            b"hash": redis.hgetall,
            b"set": redis.smembers,
            b"zset": lambda key: redis.zrange(key, 0, -1, withscores=True),
            b"string": redis.get,
        }
        return {key: by_type[redis.type(key)](key) for key in redis.scan_iter()}


@pytest.fixture
def written(redis_url: str, redis_client: Redis) -> Written:
    found = Written(Settings(redis=redis_url, partitions=2), redis_client)
    found.write()
    return found


KEYS = ListKeys("casepulse:{children}:due")
OWNER, LIST = KEYS.owner(1), KEYS.lines(1, VISITS)

#: What is known where the second partition says nothing.
NOTHING_SAID = "23 of 23 or more lines; 1 of 2 parts is missing"

#: What may happen to a partition's keys, and in what the list of visits is then not whole.
LOSSES: dict[str, tuple[Callable[[Any], object], str]] = {
    "the list": (
        lambda redis: redis.delete(LIST),
        "23 of 43 lines; 1 of 2 parts is not as written",
    ),
    "the owner's hash": (lambda redis: redis.delete(OWNER), NOTHING_SAID),
    "the set of measures": (lambda redis: redis.delete(KEYS.measures(1)), ""),
    "the list of another measure": (lambda redis: redis.delete(KEYS.lines(0, REVIEWS)), ""),
    "some lines": (
        lambda redis: redis.zremrangebyrank(LIST, 0, 2),
        "40 of 43 lines; 1 of 2 parts is not as written",
    ),
    "a line, with another in its place": (
        lambda redis: (
            redis.zremrangebyrank(LIST, 0, 0),
            redis.zadd(LIST, {line("child:x1").model_dump_json(): 1}),
        ),
        "43 of 43 lines; 1 of 2 parts is not as written",
    ),
    "a line's score": (
        lambda redis: redis.zincrby(LIST, 86400.5, redis.zrange(LIST, 0, 0)[0]),
        "43 of 43 lines; 1 of 2 parts is not as written",
    ),
    "a line too many": (
        lambda redis: redis.zadd(LIST, {line("child:x1").model_dump_json(): 1}),
        "44 of 43 lines; 1 of 2 parts is not as written",
    ),
    "what is said of the list": (
        lambda redis: redis.hdel(OWNER, said_of(VISITS)),
        NOTHING_SAID,
    ),
    "what it is as at": (lambda redis: redis.hdel(OWNER, "as_of"), NOTHING_SAID),
    "nonsense is said of the list": (
        lambda redis: redis.hset(OWNER, said_of(VISITS), "many"),
        NOTHING_SAID,
    ),
    "the claim": (lambda redis: redis.hset(OWNER, "claim", "x"), ""),
    "the list is of another type": (
        lambda redis: (redis.delete(LIST), redis.set(LIST, "x")),
        "23 of 43 lines; 1 of 2 parts is not as written",
    ),
    "the owner's hash is of another type": (
        lambda redis: (redis.delete(OWNER), redis.set(OWNER, "x")),
        NOTHING_SAID,
    ),
    "the set of measures is of another type": (
        lambda redis: (redis.delete(KEYS.measures(1)), redis.set(KEYS.measures(1), "x")),
        "",
    ),
    "a list of a measure that has no lines": (
        lambda redis: redis.zadd(KEYS.lines(1, "icpc_awaited"), {"x": 1}),
        "",
    ),
    "everything": (lambda redis: redis.flushdb(), "2 of 2 parts are missing"),
}


def test_a_list_is_whole_as_it_was_written(written: Written) -> None:
    read = written.read()
    assert (len(read.lines), read.said, read.whole, read.incomplete) == (43, 43, True, "")
    assert written.read("icpc_awaited").whole, "that there are none is said, too"
    assert len(written.read(REVIEWS).lines) == 5


#: What is only seen by whoever reads the lines.
_SUBTLE = "a line, with another in its place", "a line's score"


@pytest.mark.parametrize("what", LOSSES)
def test_what_is_lost_or_put_in_another_place_is_missed_by_a_count(
    written: Written, what: str
) -> None:
    whole = written.held()

    async def lose_and_keep_up(lists: DueLists) -> None:
        LOSSES[what][0](written.redis)
        for partition in (0, 1):
            assert await lists.keep_up(partition, closely=False)

    written.write(lose_and_keep_up)
    assert (written.held() == whole) == (what not in _SUBTLE)


@pytest.mark.parametrize(("lose", "incomplete"), LOSSES.values(), ids=LOSSES.keys())
def test_what_is_lost_alone_is_told_and_written_again(
    written: Written, lose: Callable[[Any], object], incomplete: str
) -> None:
    whole = written.held()

    async def lose_and_keep_up(lists: DueLists) -> None:
        assert await lists.keep_up(0, closely=True)
        assert await lists.keep_up(1, closely=True)
        assert written.held() == whole
        lose(written.redis)
        assert written.read().incomplete == incomplete
        assert written.held() != whole
        for partition in (0, 1):
            assert await lists.keep_up(partition, closely=True)

    written.write(lose_and_keep_up)
    assert written.held() == whole
    assert written.read().whole


def test_a_measure_that_the_worker_does_not_know_is_not_an_empty_list(written: Written) -> None:
    """A reader with newer definitions than the worker's."""
    assert written.read("cp_visits_of_next_year").incomplete == "2 of 2 parts are missing"


def test_a_reader_that_was_told_of_fewer_partitions_reads_all(written: Written) -> None:
    assert len(written.read(partitions=1).lines) == 43
    told = written.read(partitions=3).incomplete
    assert told == "43 of 43 or more lines; 1 of 3 parts is missing"
    written.redis.delete(KEYS.owner(0))
    assert written.read(partitions=1).incomplete == "1 of 1 parts is missing"
    written.redis.hset(OWNER, "partitions", 10**9)
    assert written.read().partitions <= MOST_PARTITIONS


def test_what_another_owner_said_of_a_measure_of_its_own_is_gone_with_its_list(
    written: Written,
) -> None:
    whole = written.held()
    written.redis.hset(OWNER, said_of("of_before"), "1 x")
    written.redis.zadd(KEYS.lines(1, "of_before"), {"x": 1})
    written.write()
    assert written.held() == whole


# Lines that can't be read

_GOOD = line("child:x1")
BAD_LINES = {
    "no JSON": b"child:x1, overdue",
    "cut off": _GOOD.model_dump_json().encode()[:-9],
    "no UTF-8": _GOOD.model_dump_json().encode().replace(b"Stroud", b"Str\xffud"),
    "a field of another type": _GOOD.model_dump_json().encode().replace(b"true", b'"perhaps"'),
    "no object": b"[1]",
    "of another list": line("child:x1", REVIEWS).model_dump_json().encode(),
    "due beyond all calendars": _GOOD.model_dump_json()
    .encode()
    .replace(b'"2021-01-26"', b'"9999-12-31"'),
}


@pytest.mark.parametrize("bad", BAD_LINES.values(), ids=BAD_LINES.keys())
def test_a_line_that_cannot_be_read_is_left_out_and_named_by_place(
    written: Written, bad: bytes, capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    first, *_ = written.redis.zrange(LIST, 3, 3)  # type: ignore[misc]
    score = written.redis.zscore(LIST, first)
    written.redis.zrem(LIST, first)
    written.redis.zadd(LIST, {bad: score})  # type: ignore[dict-item]
    rank = written.redis.zrank(LIST, bad)
    read = written.read()
    assert read.left_out == (f"{LIST}, rank {rank}",)
    told = "42 of 43 lines; 1 of 2 parts is not as written; 1 can't be read"
    assert read.incomplete == told
    for format_ in ("table", "csv", "json"):
        status, out, err = _due(written, capsys, monkeypatch, "--format", format_)
        assert status == 1
        assert "x1" not in out + err
        assert f"left out, for it can't be read: {LIST}, rank {rank}" in err
        assert "Traceback" not in err


def test_a_worker_may_write_a_line_that_its_reader_cannot_read(written: Written) -> None:
    """As one of a later version: its list is as it was written, and still not whole here."""
    later = '{"measure":"cp_visits","who":"child:x1"}'

    async def write(lists: DueLists) -> None:
        told = PartitionLists.of(8, NOW.isoformat(), _LINES[1], lists.names)
        lines = {**told.lines, VISITS: sorted([*told.lines[VISITS], (later.encode(), 1.0)])}
        lines[VISITS].sort(key=lambda each: (each[1], each[0]))
        said = {**told.said, VISITS: f"{len(lines[VISITS])} {digest(lines[VISITS])}"}
        assert await lists.put(1, PartitionLists(8, told.as_of, said, lines))

    written.write(write)
    assert written.read().incomplete == "43 of 44 lines; 1 can't be read"


def test_more_fields_than_we_know_of_are_no_fault(written: Written) -> None:
    line_, score = written.redis.zrange(LIST, 0, 0, withscores=True)[0]  # type: ignore[index,misc]
    more = json.dumps({**json.loads(line_), "from_next_year": [1]}).encode()
    written.redis.zrem(LIST, line_)
    written.redis.zadd(LIST, {more: score})
    assert (len(written.read().lines), written.read().left_out) == (43, ())


# As people see it


def _due(
    written: Written, capsys: pytest.CaptureFixture[str], monkeypatch: Any, *options: str
) -> tuple[int, str, str]:
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv(f"{PREFIX}REDIS", written.settings.redis)
    monkeypatch.setenv(f"{PREFIX}PARTITIONS", "2")
    monkeypatch.setenv("COLUMNS", "200")
    why = ("--why", "Going through the list with a team")
    capsys.readouterr()
    with TemporaryDirectory() as folder:
        monkeypatch.setenv(f"{PREFIX}CHILD_LEVEL_COMMANDS", f"{folder}/audit.jsonl")
        try:
            application(lambda: _parser(["due", VISITS, *why, *options], prog_name="casepulse"))
            status: Any = 0
        except SystemExit as ended:
            status = ended.code or 0
    said = capsys.readouterr()
    return status, said.out, said.err


def test_the_command_says_how_many_of_how_many(
    written: Written, capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    def due(*options: str) -> tuple[int, str, str]:
        return _due(written, capsys, monkeypatch, *options)

    status, out, err = due()
    assert (status, err) == (0, "")
    assert "43 lines, 43 of them overdue" in out
    whole_csv, whole_json = due("--format", "csv")[1], due("--format", "json")[1]
    assert len(whole_csv.splitlines()) == 44
    assert "incomplete" not in whole_csv + whole_json
    written.redis.delete(LIST)
    told = "23 of 43 lines; 1 of 2 parts is not as written"
    status, out, err = due()
    assert status == 1
    assert f"INCOMPLETE: {told}" in out
    assert f"casepulse: incomplete: {told}. Children who are late may not be on it\n" in err
    status, out, err = due("--format", "csv")
    assert (status, [row["incomplete"] for row in csv.DictReader(io.StringIO(out))]) == (
        1,
        [told] * 23,
    )
    status, out, err = due("--format", "json")
    assert (status, [json.loads(row)["incomplete"] for row in out.splitlines()]) == (1, [told] * 23)
    for format_, count in (("csv", 1), ("json", 1)):
        _, out, _ = due("--format", format_, "--worker", "nobody")
        assert out.count(told) == count, "nought is not shown for unknown"


def test_the_command_says_when_a_list_is_old(
    written: Written, capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    written.redis.expire(OWNER, KEPT - 1200)
    assert (
        "old: part of the list was last renewed 20 minutes ago"
        in _due(written, capsys, monkeypatch)[2]
    )


# That it can't be written, and is heard of


class _Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def _metric(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(f"casepulse_{name}", labels)


def test_lists_that_redis_does_not_take_are_told_by_health_and_metrics(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    binary = redis_binary()
    if binary is None or redis_version(binary) < (7, 0):
        missing("No redis-server 7.0 or newer. On Debian and Ubuntu: apt install redis-server")
    users = tmp_path / "users.acl"
    acl = script("deploy/redis/make-acl.py").acl("the-worker-s", "the-reader-s")
    users.write_text(f"{acl}user root on nopass ~* &* +@all\n")
    clock = _Clock()
    monkeypatch.setattr("casepulse.agents.list_keeping.monotonic", clock)
    holding = Holding(_CATALOGUE, lambda held: None)
    holding.hold({0, 3, 4})
    for held in holding:
        held.claim = {0: 7, 3: 9}.get(held.number)
        for fact in (plan("2021-01-04"), visit("2021-01-11 10:00")):
            held.partition.apply(fact)
        held.partition.advance(when("2021-01-20"))
    with redis_server(binary, "--aclfile", str(users)) as port:
        root = Redis(port=port, username="root", password="")
        url = f"redis://worker:the-worker-s@{HOST}:{port}/0"
        settings = Settings(redis=url, partitions=5)

        async def run() -> None:
            client = connect(settings)
            keeper = ListKeeper(DueLists(client, settings, _CATALOGUE), holding)
            metrics = Metrics(_CATALOGUE, lists=keeper.standing)
            monkeypatch.setattr("casepulse.agents.list_keeping.LOOK_EVERY", 0.0)

            async def rounds(count: int = 1) -> None:
                left = [count]

                def stop() -> bool:
                    left[0] -= 1
                    return left[0] < 0

                await keeper.run(stop)

            await rounds()
            assert (keeper.obstacle(), _metric(metrics, "lists_partitions_failing")) == ("", 0)
            stood = _metric(metrics, "lists_written_timestamp_seconds", partition="3")
            assert stood is not None
            assert abs(stood - time.time()) < 60
            assert _metric(metrics, "lists_written_timestamp_seconds", partition="4") is None

            root.execute_command("ACL SETUSER worker -evalsha -eval")
            await rounds()
            assert keeper.obstacle() == "", "it may pass"
            clock.now += FAILING_AFTER + 15
            said = "not written for 25 s, of partitions: 0, 3 (Redis: the user may not do this"
            assert keeper.obstacle().startswith(said)
            assert _metric(metrics, "lists_partitions_failing") == 2

            root.execute_command("ACL SETUSER worker +evalsha +eval")
            await rounds()
            assert (keeper.obstacle(), _metric(metrics, "lists_partitions_failing")) == ("", 0)

            keys = ListKeys.of(settings)
            root.hset(keys.owner(3), "claim", 10)
            clock.now += 1
            await rounds()
            clock.now += FAILING_AFTER + 1
            await rounds()
            assert "of partitions: 3 (those of a later owner stand there)" in keeper.obstacle()
            keeper.forget(3)
            assert keeper.obstacle() == ""
            assert _metric(metrics, "lists_written_timestamp_seconds", partition="3") is None
            clock.now += 61
            assert "of partitions: 0 (not looked at)" in keeper.obstacle(), "though no error came"
            await client.aclose()

        asyncio.run(run())


def test_a_policy_that_evicts_is_told(redis_url: str, redis_client: Redis) -> None:
    before: Any = redis_client.config_get("maxmemory-policy")

    async def run() -> None:
        client = connect(Settings(redis=redis_url))
        watch = EvictionWatch(client)
        metrics = Metrics(_CATALOGUE, evicts=watch.evicts)
        assert (watch.warning(), _metric(metrics, "redis_evicts")) == ("", None)
        for policy, evicts in (("noeviction", 0), ("volatile-lru", 1), ("noeviction", 0)):
            redis_client.config_set("maxmemory-policy", policy)
            await watch.look()
            assert _metric(metrics, "redis_evicts") == evicts
            assert (policy in watch.warning()) == bool(evicts)
        await client.aclose()

    try:
        asyncio.run(run())
    finally:
        redis_client.config_set("maxmemory-policy", before["maxmemory-policy"])
