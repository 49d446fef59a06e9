"""Producers with transactions: only what was committed is counted, and nothing is held up by it."""

import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from kafka import KafkaConsumer, TopicPartition
from redis import Redis

from casepulse.agents.dead_letters import read_letters
from casepulse.batch.archiving import archive
from casepulse.batch.counting import count
from casepulse.batch.sources import source_parts
from casepulse.counties.scenario import scenario
from casepulse.schemas.view import CellView, View
from casepulse.state import Figures, open_catalogue
from casepulse.state.viewing import cell_view
from casepulse.streams.committed import ends_of
from casepulse.streams.fact_rows import row_key, row_value
from casepulse.streams.settings import Settings
from casepulse.streams.topics import Topics
from tests import services
from tests.bad_days import FACTS, LAST_TICK, BadDay, is_ready, metric, obstacles
from tests.running import (
    installation,
    is_tick,
    keyed,
    oracle,
    read_count,
    send,
    send_tick,
    wait_for,
    workers,
)
from tests.transactions import Transactions
from tests.waiting import until

pytestmark = [pytest.mark.broker, pytest.mark.timeout(900)]


_AT = LAST_TICK.time

#: Enough for figures of every kind.
_FACTS = FACTS[:600]

#: Of another county: if one of these is counted, the figures show it.
_NEVER = keyed(event for event in scenario(seed=13, children=20, months=2) if not is_tick(event))


def _places(settings: Settings) -> list[TopicPartition]:
    topic = Topics.of(settings).events.name
    return [TopicPartition(topic, number) for number in range(settings.partitions)]


def _offsets(settings: Settings) -> int:
    """How many offsets of the events topic there are: messages and markers."""
    return sum(each.stable for each in ends_of(settings, _places(settings)).values())


def _committed(settings: Settings) -> int:
    """How many of them the group has committed as read."""
    with closing(KafkaConsumer(bootstrap_servers=settings.kafka, group_id=settings.name)) as each:
        return sum(each.committed(place) or 0 for place in _places(settings))


def _batch(settings: Settings, source: str | None = None) -> list[CellView]:
    """What a release is made of: every cell of the topic, or of an archive."""
    catalogue = open_catalogue()
    parts = source_parts(source, settings)
    counted = count(parts, catalogue.profile, _AT, datetime.max.replace(tzinfo=UTC), lambda _: None)
    return [cell_view(each) for each in Figures(counted.tally, catalogue, _AT).cells()]


def _wait_until_read(settings: Settings, expected: list[CellView]) -> View:
    """The view once all that may be read was, markers and all."""
    offsets = _offsets(settings)
    view = wait_for(
        settings,
        lambda meta: (
            meta.partitions_counted == settings.partitions
            and read_count(meta) >= offsets
            and meta.as_of == _AT
        ),
    )
    assert view.cells() == expected
    return view


def test_events_of_aborted_transactions_are_never_counted(
    kafka_address: str, redis_url: str, redis_client: Redis, tmp_path: Path, bad_day: BadDay
) -> None:
    """Beside a plain producer, and over a worker that is killed; with markers at the very end."""
    settings = installation(
        kafka_address, redis_url, "transactions", metrics_port=services.free_port()
    )
    messages, size = keyed(_FACTS), 60
    chunks = [messages[first : first + size] for first in range(0, len(messages), size)]
    transactions = Transactions(settings, "case-system")
    # The very first of each partition is an event, and what follows it is none.
    first, last = chunks[0], chunks[-1]
    send(settings, first)
    with workers(settings, tmp_path / "first") as [worker]:
        for number, chunk in enumerate(chunks[1:-1]):
            transactions.begin(_NEVER[number::10])
            transactions.abort()
            transactions.begin(chunk[::2])
            send(settings, chunk[1::2])
            transactions.commit()
            if number == len(chunks) // 2:
                wait_for(settings, lambda meta: read_count(meta) > 2 * size)
                worker.kill()
    send_tick(settings, LAST_TICK)
    transactions.begin(last)
    transactions.commit()
    expected = oracle(_FACTS, _AT)
    with workers(settings, tmp_path / "second") as [worker]:
        _wait_until_read(settings, expected)
        for partition in range(settings.partitions):
            transactions.begin(_NEVER[:20], partition=partition)
            transactions.abort()
        view = _wait_until_read(settings, expected)
        bad_day.same(
            "transactions, some aborted, beside a plain producer; a worker is killed",
            view,
            expected,
            _offsets(settings),
        )
        until(lambda: is_ready(settings), "ready")
        lag = metric(settings, "casepulse_consumer_lag_events")
        assert list(lag.values()) == [0] * settings.partitions
        withheld = metric(settings, "casepulse_consumer_withheld_events")
        assert list(withheld.values()) == [0] * settings.partitions
        until(lambda: _committed(settings) == _offsets(settings), "all is committed")
        assert worker.stop() == 0
    assert read_letters(settings) == []
    with workers(settings, tmp_path / "third") as [worker]:
        until(lambda: is_ready(settings), "ready again")
        assert _wait_until_read(settings, expected).meta.read_to == view.meta.read_to
        assert "reading events again" not in worker.log.read_text()
    assert _batch(settings) == expected
    kept = str(tmp_path / "archive")
    archive(source_parts(None, settings), kept, None, lambda _: None)
    assert _batch(settings, kept) == expected


def test_an_open_transaction_is_waited_for_and_named(
    kafka_address: str, redis_url: str, redis_client: Redis, tmp_path: Path, bad_day: BadDay
) -> None:
    settings = installation(
        kafka_address, redis_url, "open", partitions=1, metrics_port=services.free_port()
    )
    topic = Topics.of(settings).events.name
    messages = keyed(FACTS[:300])
    before, within, behind = messages[:100], messages[100:200], messages[200:]
    send(settings, before)
    sleeper = Transactions(settings, "sleeper", timeout=1)
    slow = Transactions(settings, "slow-exporter")
    with workers(settings, tmp_path) as [worker]:
        wait_for(settings, lambda meta: read_count(meta) == len(before))
        slow.begin(within)
        send(settings, behind)
        sleeper.begin(_NEVER[:20])
        send_tick(settings, LAST_TICK)
        until(lambda: "slow-exporter" in obstacles(settings).get("transactions", ""), "named")
        assert f"{topic}/0: a transaction of the producer" in obstacles(settings)["transactions"]
        [(labels, withheld)] = metric(settings, "casepulse_consumer_withheld_events").items()
        assert topic in labels
        assert withheld == ends_of(settings, _places(settings))[_places(settings)[0]].end - 100
        assert metric(settings, "casepulse_consumer_lag_events").popitem()[1] == 0
        assert _batch(settings) == oracle(FACTS[:100], _AT), "as far as the stable end"
        slow.commit()
        committed = time.monotonic()
        # The other one sleeps on, until Kafka aborts it.
        expected = oracle(FACTS[:300], _AT)
        view = wait_for(settings, lambda meta: meta.as_of == _AT)
        took = time.monotonic() - committed
        bad_day.same(
            "an open transaction, and one that Kafka aborts",
            view,
            expected,
            _offsets(settings),
            took,
        )
        until(lambda: is_ready(settings), "ready again")
        assert worker.stop() == 0
    assert _batch(settings) == expected


def test_transactions_in_the_changelog_and_among_letters_stop_nothing(
    kafka_address: str, redis_url: str, redis_client: Redis, tmp_path: Path
) -> None:
    """Nobody else should write there; who does must not make rows vanish, or facts appear."""
    settings = installation(
        kafka_address, redis_url, "strangers", partitions=1, metrics_port=services.free_port()
    )
    changelog, letters = Topics.of(settings).changelog.name, Topics.of(settings).dead_letters.name
    half = len(_FACTS) // 2
    stranger = Transactions(settings, "stranger")
    never = [
        (row_key(key.decode().partition(" ")[0], "elsewhere", str(number)), row_value(5, value))
        for number, (key, value) in enumerate(_NEVER[:50])
        if key is not None and value is not None
    ]
    with workers(settings, tmp_path / "first") as [worker]:
        send(settings, [*keyed(_FACTS[:half]), (b"child:x", b"no event")])
        wait_for(settings, lambda meta: read_count(meta) == half + 1)
        stranger.begin(never, changelog)
        stranger.send([(b"elsewhere-0-0", b"no letter")], letters)
        stranger.abort()
        stranger.begin([(b"\x00read", row_value(0, b"read"))], changelog)
        send(settings, keyed(_FACTS[half:]))
        send_tick(settings, LAST_TICK)
        expected = oracle(_FACTS, _AT)
        _wait_until_read(settings, expected)
        assert worker.stop() == 0
    assert [each.detail for each in read_letters(settings)] != []
    assert len(read_letters(settings)) == 1
    with workers(settings, tmp_path / "second"):
        named = f"{changelog}/0: a transaction of the producer"
        until(lambda: named in obstacles(settings).get("transactions", ""), "is named")
        assert not is_ready(settings)
        stranger.commit()
        until(lambda: is_ready(settings), "ready")
        _wait_until_read(settings, expected)
