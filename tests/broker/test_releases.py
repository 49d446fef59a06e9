"""Releases on real Kafka and Redis: made from the topic, by hand and by the running system."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest
from kafka import KafkaConsumer, TopicPartition
from redis import Redis

from casepulse.agents.metrics import Metrics
from casepulse.agents.month_end import MonthEnd
from casepulse.agents.release_news import ReleaseKeys
from casepulse.agents.release_store import FIGURES, RELEASE, Kept, ReleaseStore
from casepulse.batch.making import Making
from casepulse.batch.releases import made_again, make
from casepulse.counties.scenario import scenario
from casepulse.schemas.profile import load_profile
from casepulse.schemas.release import Announcement, Kind
from casepulse.state import open_catalogue
from casepulse.state.calendar import midnight
from casepulse.streams.committed import SourceError
from casepulse.streams.security import kafka_python_options
from casepulse.streams.settings import Settings
from casepulse.streams.topics import Topics, admin
from tests.running import LONG, Message, installation, is_tick, keyed, send, send_tick, workers
from tests.waiting import until

pytestmark = pytest.mark.broker

JANUARY = date(2021, 1, 1)
EVENTS = list(scenario(seed=11, children=120, months=4, ends=date(2021, 2, 20)))
FACTS = [event for event in EVENTS if not is_tick(event)]
LAST_TICK = next(event for event in reversed(EVENTS) if is_tick(event))


def _making(settings: Settings, store: Path) -> Making:
    return Making(settings, ReleaseStore(str(store)), None, lambda count: None)


def _files(store: Path, name: str) -> dict[str, bytes]:
    """The release's own bytes. What was read to make it may differ: messages told twice, say."""
    return {
        path.name: path.read_bytes()
        for path in (store / name).iterdir()
        if path.name.startswith(("release-", "figures-"))
    }


def _command(settings: Settings, store: Path) -> dict[str, str]:
    """The environment of a `casepulse release` for an installation."""
    return settings.model_copy(update={"releases": str(store)}).environment()


def _made(settings: Settings, store: Path, messages: list[Message], kind: Kind) -> Kept:
    send(settings, messages)
    known = midnight(date(2021, 2, 15))
    return make(_making(settings, store), load_profile(), JANUARY, kind, known).kept


def test_shuffled_and_told_twice_the_release_has_the_same_bytes(
    kafka_address: str, redis_url: str, tmp_path: Path
) -> None:
    one = installation(kafka_address, redis_url, "release-one")
    other = installation(kafka_address, redis_url, "release-other")
    messages = keyed(FACTS)
    again = messages * 2 + [(b"child:x", b"{}")]
    random.Random(3).shuffle(again)
    first = _made(one, tmp_path / "one", messages, Kind.PROVISIONAL)
    second = _made(other, tmp_path / "other", again, Kind.PROVISIONAL)
    assert first.release.facts == second.release.facts
    name = first.release.name
    assert _files(tmp_path / "one", name) == _files(tmp_path / "other", name)
    assert second.reading.repeated > 0.4 * second.reading.messages
    assert second.reading.unreadable == 1
    # Later, when more was told: from the offsets that it was made from it is the same.
    more = scenario(seed=12, children=30, months=2, ends=date(2021, 2, 1))
    send(other, keyed(event for event in more if not is_tick(event)))
    kept, hashes = made_again(_making(other, tmp_path / "other"), name)
    for file in (RELEASE, FIGURES):
        assert hashes.pop(file) == (kept.manifest.files[file],) * 2
    assert not hashes


def test_a_release_is_announced_and_stands_in_redis(
    kafka_address: str, redis_url: str, redis_client: Redis, tmp_path: Path
) -> None:
    settings = installation(kafka_address, redis_url, "release-told")
    send(settings, keyed(FACTS))
    store = tmp_path / "releases"
    subprocess.run(
        [sys.executable, "-m", "casepulse", "release", "make", "2021-01", "--kind", "flash"],
        env=_command(settings, store),
        check=True,
        capture_output=True,
    )
    kept = ReleaseStore(str(store)).read("2021-01/1-flash")
    keys = ReleaseKeys.of(settings)
    told = redis_client.hgetall(keys.figures("2021-01/1-flash"))
    assert isinstance(told, dict)
    assert {name.decode() for name in told} == set(kept.release.measures)
    visits = kept.release.measures["cp_visits"]
    assert told[b"cp_visits"] == visits.model_dump_json().encode()
    assert redis_client.zrange(keys.names, 0, -1) == [b"2021-01/1-flash"]
    assert _announced(settings) == [kept.manifest.content]


def _announced(settings: Settings) -> list[str]:
    consumer = KafkaConsumer(
        Topics.of(settings).releases.name,
        **kafka_python_options(settings),
        auto_offset_reset="earliest",
        consumer_timeout_ms=5000,
    )
    told = [Announcement.model_validate_json(record.value) for record in consumer]
    consumer.close()
    return [each.content for each in told]


def test_the_flash_release_is_made_by_itself_once_a_month_has_ended(
    kafka_address: str, redis_url: str, tmp_path: Path
) -> None:
    """The clock is that of a replay: its last tick lies in February, so January has ended. Months
    that it passes on its way there may be released, too."""
    store = tmp_path / "releases"
    settings = installation(
        kafka_address, redis_url, "month-end", clock="events", releases=str(store), release_after=1
    )
    with workers(settings, tmp_path / "logs", count=2) as running:
        send(settings, keyed(FACTS))
        send_tick(settings, LAST_TICK)
        releases = ReleaseStore(str(store))

        def moving() -> object:
            """A making on its way writes files; before and between them, a worker its log."""
            return sorted(store.rglob("*")), [worker.log.stat().st_size for worker in running]

        until(lambda: "2021-01/1-flash" in releases.names(), "released", moving)
        kept = releases.read("2021-01/1-flash")
        by_hand = make(
            _making(settings, tmp_path / "by-hand"), load_profile(), JANUARY, Kind.FLASH
        ).kept
        assert kept.manifest.content == by_hand.manifest.content
        # Whoever looks again finds nothing that is owed.
        job = MonthEnd(settings, ("false",), lambda: LAST_TICK.time, Metrics(open_catalogue()))
        until(lambda: job.owed() == [], "nothing is owed any more", moving)
        logged = [
            json.loads(line) for worker in running for line in worker.log.read_text().splitlines()
        ]
        made = [
            month
            for line in logged
            if line["event"] == "month end released"
            for month in line["months"]
        ]
        # While the group forms, the board may pass to the other worker in the middle of a making.
        assert made.count("2021-01") == 1
        assert releases.names() == [f"{month}/1-flash" for month in sorted(set(made))]


def test_killed_at_any_moment_a_making_leaves_no_half_release_and_the_next_completes_it(
    kafka_address: str, redis_url: str, tmp_path: Path
) -> None:
    """Killed once it has claimed its number, while it counts, and after each file it writes."""
    settings = installation(kafka_address, redis_url, "release-killed")
    send(settings, keyed(FACTS))
    store = tmp_path / "releases"
    _run(settings, tmp_path / "whole", None)
    releases = ReleaseStore(str(store))
    chosen = random.Random(5)
    unfinished = 0
    for files in [1, 2, 2, 2, 3, 4, 5, 5] if LONG else [1, 2, 3, 5]:
        _run(settings, store, files, chosen.uniform(0, 0.3) if files < 3 else 0)
        for name in releases.names():
            releases.read(name)  # raises if any file is not what its manifest says
        if releases.names():
            break
        unfinished += 1
    assert unfinished >= 2, "it was never killed under way"
    _run(settings, store, None)
    assert releases.names() == ["2021-01/1-flash"]
    kept = releases.read("2021-01/1-flash")
    expected = ReleaseStore(str(tmp_path / "whole")).read("2021-01/1-flash")
    assert kept == expected
    assert _announced(settings)[-1] == expected.manifest.content


def _run(settings: Settings, store: Path, kill_at: int | None, later: float = 0) -> None:
    """Make a release in a process; kill it once there are so many files, or so much later."""
    process = subprocess.Popen(
        [sys.executable, "-m", "casepulse", "release", "make", "2021-01", "--kind", "flash"],
        env=_command(settings, store),
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    while process.poll() is None:
        if kill_at is not None and sum(path.is_file() for path in store.rglob("*")) >= kill_at:
            time.sleep(later)
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return
        time.sleep(0.002)
    assert process.returncode == 0


def test_offsets_that_the_topic_has_not_are_refused(
    kafka_address: str, redis_url: str, tmp_path: Path
) -> None:
    settings = installation(kafka_address, redis_url, "release-gone")
    kept = _made(settings, tmp_path, keyed(FACTS), Kind.PROVISIONAL)
    further = {part: end + 1 for part, end in kept.reading.read_to.items()}
    with pytest.raises(SourceError, match="are asked for"):
        _making(settings, tmp_path).parts(further)


def test_a_topic_whose_beginning_is_gone_is_refused(
    kafka_address: str, redis_url: str, tmp_path: Path
) -> None:
    """Without its first events every figure made from it would be wrong, and nobody would know."""
    settings = installation(kafka_address, redis_url, "release-beheaded")
    send(settings, keyed(FACTS))
    client = admin(settings)
    place = TopicPartition(Topics.of(settings).events.name, 0)
    client.delete_records({place: 5})
    client.close()
    with pytest.raises(SourceError, match="begins at offset 5; what stood before is gone"):
        _making(settings, tmp_path).parts()
