"""A source that is followed: nights in a made-up folder, by a made-up clock, and a process that is
killed wherever it hurts."""

import os
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import generate_latest
from pydantic import SecretStr

from casepulse.batch import one_at_a_time, telling
from casepulse.batch.told_store import ToldStore
from casepulse.following.arrivals import Arrival, Database, Folder
from casepulse.following.clock import follow_on
from casepulse.following.follower import Follower
from casepulse.following.hours import Hours, clocks, weekdays
from casepulse.following.kept_nights import KeptNights
from casepulse.following.metrics import registry
from casepulse.following.night import unlike
from casepulse.following.service import TellingExtracts, in_a_line
from casepulse.following.settings import FollowSettings
from casepulse.schemas.extracts import ExtractSettings
from casepulse.schemas.followed import NIGHTS, Came, Followed, TableRows
from casepulse.state.calendar import LONDON
from casepulse.streams.publishing import PublishError
from casepulse.streams.settings import SettingsError
from casepulse.streams.sources.told import told_by
from tests.unit.test_ssda903 import HEADERS
from tests.unit.test_told_store import Kafka, Killed

IN_CARE = "{},01/05/2017,S,C2,N1,U1,PR1,,,,,,"
LEFT_CARE = "{},01/05/2017,S,C2,N1,U1,PR1,01/06/2017,E4A,,,,"
UNREADABLE = "{},31/31/2017,S,C2,N1,U1,PR1,,,,,,"

#: The day before the first night that is followed, in the afternoon.
START = datetime(2018, 7, 1, 14, tzinfo=UTC)


class World:
    """A folder, a state and a clock; and the process that follows, started anew at will."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.folder = folder / "extracts"
        self.folder.mkdir()
        self.state = str(folder / "state")
        self.clock = START
        self.kafka = Kafka()
        self.shown: list[Followed] = []
        given = {"source": "ssda903", "at": "02:00", "by": "07:00", "quiet": 120}
        self.settings = FollowSettings(
            place=SecretStr(str(self.folder)), state=self.state, **{**given, **settings}
        )
        self.by_hand(self.put("by hand", IN_CARE.format(1), IN_CARE.format(2)))
        (self.folder / "by hand").rename(folder / "by hand")
        self.start()

    def put(self, name: str, *rows: str, at: datetime | None = None) -> Path:
        """A night's extract, as written at an instant, by default now."""
        here = self.folder / name
        here.mkdir(exist_ok=True)
        file = here / "episodes.csv"
        file.write_text("\n".join([HEADERS["episodes"], *rows]) + "\n", encoding="utf-8")
        when = (at or self.clock).timestamp()
        os.utime(file, (when, when))
        return here

    def by_hand(self, place: Path, *, accept: bool = False) -> None:
        telling.tell_extract(
            "ssda903",
            str(place),
            taken=self.clock,
            settings=ExtractSettings(),
            store=ToldStore(self.state, "ssda903"),
            publish=self.kafka,
            accept=accept,
        )

    def start(self) -> None:
        """Start the process."""
        folder = Folder(self.settings)
        self.place = folder
        self.follower = Follower(
            self.settings,
            folder,
            TellingExtracts(self.settings, ExtractSettings(), self.kafka),
            KeptNights(self.state, "ssda903"),
            now=lambda: self.clock,
            show=self.shown.append,
            explain=in_a_line,
        )

    def until(self, day: int, hour: int, minute: int = 0) -> Followed:
        """Look now and then until it is so late in July (UTC), each minute at the end, and once
        then."""
        end = datetime(2018, 7, day, hour, minute, tzinfo=UTC)
        while self.clock < end:
            self.follower.look()
            self.clock += timedelta(minutes=10 if end - self.clock > timedelta(minutes=15) else 1)
        self.follower.look()
        return self.follower.followed

    def came(self) -> list[tuple[Came, str]]:
        """What the nights came to, the last first."""
        return [(each.came, each.extract) for each in self.follower.followed.nights]

    def told(self) -> list[str]:
        """The types of all that was told, each event once, and whether it was told twice."""
        return [event.type for event in self.kafka.events]

    def check_state(self) -> None:
        """The state is what the events say."""
        state = ToldStore(self.state, "ssda903").read()
        assert state.records == told_by("ssda903", self.kafka.events).records


@pytest.fixture
def world(tmp_path: Path) -> World:
    """One."""
    return World(tmp_path)


BY_HAND = (Came.BY_HAND, "")


# --- a night like any other ---


def test_an_extract_is_told_once_it_is_complete(world: World) -> None:
    world.until(2, 1)
    world.put("2018-07-02", LEFT_CARE.format(1))
    before = len(world.kafka.events)
    followed = world.until(2, 1, 1)
    assert followed.arriving == "2018-07-02"
    world.put("2018-07-02", LEFT_CARE.format(1), IN_CARE.format(2))
    world.until(2, 1, 2)
    assert len(world.kafka.events) == before, "it has changed since"
    followed = world.until(2, 1, 5)
    assert world.told()[before:] == ["care_period.ended"]
    assert world.came() == [(Came.TOLD, "2018-07-02"), BY_HAND]
    night = followed.nights[0]
    assert (night.rows.rows, night.rows.told, night.facts.new) == (2, 2, 1)
    assert [each.table for each in night.tables] == ["episodes.csv"]
    assert [each.type for each in night.types if each.new] == ["care_period.ended"]
    assert (followed.late, followed.arriving, followed.trouble) == (False, "", "")
    assert followed.taken == datetime(2018, 7, 2, 1, 1, tzinfo=UTC)
    world.check_state()


def test_after_one_has_come_none_is_looked_for_until_the_next_hour(world: World) -> None:
    world.until(2, 1)
    world.put("2018-07-02", IN_CARE.format(1), IN_CARE.format(2))
    world.until(2, 1, 5)
    world.put("2018-07-03", LEFT_CARE.format(1), IN_CARE.format(2), at=START + timedelta(hours=34))
    world.until(3, 0, 59)  # an hour before that, in London
    assert len(world.came()) == 2
    world.until(3, 1, 2)
    assert world.came()[0] == (Came.TOLD, "2018-07-03")


def test_one_that_comes_shortly_before_the_hour_is_of_the_night(world: World) -> None:
    """It is looked for, since none has come in the night before."""
    world.until(2, 23, 30)
    world.put("2018-07-03", LEFT_CARE.format(1), IN_CARE.format(2))
    followed = world.until(3, 7)
    assert not followed.late
    assert world.came() == [(Came.TOLD, "2018-07-03"), BY_HAND]


def test_nothing_is_told_twice_and_the_same_again_says_nothing(world: World) -> None:
    world.put("2018-07-02", LEFT_CARE.format(1), IN_CARE.format(2), at=START)
    world.until(2, 6)
    before = len(world.kafka.events)
    world.start()
    world.put("2018-07-03", LEFT_CARE.format(1), IN_CARE.format(2))
    followed = world.until(3, 6)
    assert len(world.kafka.events) == before
    assert world.came()[:2] == [(Came.TOLD, "2018-07-03"), (Came.TOLD, "2018-07-02")]
    assert followed.nights[0].facts.new == 0
    assert [bool(each.tables) for each in followed.nights] == [True, False, False], "in short"


def test_several_that_wait_are_told_in_turn(world: World) -> None:
    world.put("2018-07-01", LEFT_CARE.format(1), IN_CARE.format(2), at=START + timedelta(hours=3))
    world.put("2018-07-02", LEFT_CARE.format(1), LEFT_CARE.format(2), at=START + timedelta(days=5))
    world.until(3, 6)
    assert world.came() == [(Came.TOLD, "2018-07-02"), (Came.TOLD, "2018-07-01"), BY_HAND]
    taken = [each.taken for each in world.follower.followed.nights]
    assert taken[0] == datetime(2018, 7, 2, 22, 59, 59, 999999, tzinfo=UTC), "its name's day ends"
    world.check_state()


def test_one_that_is_written_over_each_night_is_another_each_time(tmp_path: Path) -> None:
    world = World(tmp_path, match="current")
    world.put("other", LEFT_CARE.format(1))
    for day in (2, 3):
        world.until(day, 0, 30)
        world.put("current", LEFT_CARE.format(1), (IN_CARE, LEFT_CARE)[day - 2].format(2))
    world.until(3, 6)
    assert world.came() == [(Came.TOLD, "current")] * 2 + [BY_HAND]
    world.check_state()


def test_a_marker_says_that_it_is_complete(tmp_path: Path) -> None:
    world = World(tmp_path, marker="*.ok", quiet=0)
    world.until(2, 0)
    world.put("2018-07-02", LEFT_CARE.format(1), IN_CARE.format(2))
    followed = world.until(2, 5)
    assert (followed.arriving, world.came()) == ("2018-07-02", [BY_HAND])
    marker = world.folder / "2018-07-02.ok"
    marker.touch()
    old = (START - timedelta(days=9)).timestamp()
    os.utime(marker, (old, old))
    assert world.until(2, 5, 5).arriving == "2018-07-02", "it is of another time"
    marker.touch()
    assert world.until(2, 5, 10).arriving == ""
    assert world.came() == [(Came.TOLD, "2018-07-02"), BY_HAND]


def test_one_that_changes_while_it_is_read_is_not_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.put("2018-07-02", LEFT_CARE.format(1), IN_CARE.format(2))
    tell = ToldStore.tell

    def meanwhile(*given: Any, **more: Any) -> Any:
        if world.clock < datetime(2018, 7, 2, 1, 5, tzinfo=UTC):
            world.put("2018-07-02", LEFT_CARE.format(1), LEFT_CARE.format(2))
        return tell(*given, **more)

    monkeypatch.setattr(ToldStore, "tell", meanwhile)
    before = len(world.kafka.events)
    followed = world.until(2, 1, 4)
    assert (followed.arriving, len(world.kafka.events)) == ("2018-07-02", before)
    world.until(2, 2)
    assert world.told()[before:] == ["care_period.ended"] * 2


# --- late, missing ---


def test_late_and_missing(world: World) -> None:
    assert not world.until(2, 5, 59).late
    followed = world.until(2, 6)  # 7:00 in London
    assert (followed.late, followed.missed) == (True, 0)
    assert world.until(3, 0, 59).missed == 0
    followed = world.until(3, 1)
    assert (followed.late, followed.missed) == (False, 1), "a new night, and nothing in the last"
    assert world.came() == [(Came.MISSING, ""), BY_HAND]
    world.start()
    assert world.until(4, 1).missed == 2
    world.put("2018-07-04", LEFT_CARE.format(1), IN_CARE.format(2))
    followed = world.until(4, 12)
    assert (followed.late, followed.missed) == (False, 0)
    assert world.came()[:2] == [(Came.TOLD, "2018-07-04"), (Came.MISSING, "")]


def test_one_that_is_late_is_told_when_it_comes(world: World) -> None:
    assert world.until(2, 9).late
    world.put("2018-07-02", LEFT_CARE.format(1), IN_CARE.format(2))
    assert not world.until(2, 9, 5).late
    assert world.came() == [(Came.TOLD, "2018-07-02"), BY_HAND]


def test_only_so_many_nights_are_kept(world: World) -> None:
    world.until(2, 6)
    kept = world.follower.followed.model_copy(
        update={"nights": [world.follower.followed.nights[0]] * NIGHTS}
    )
    KeptNights(world.state, "ssda903").keep(kept)
    world.start()
    world.until(3, 1)
    assert len(world.follower.followed.nights) == NIGHTS
    assert world.follower.followed.nights[0].came is Came.MISSING


# --- refused ---


def test_what_is_refused_stays_so_until_another_comes(world: World) -> None:
    before = len(world.kafka.events)
    world.put("2018-07-02", *(UNREADABLE.format(number) for number in range(9)))
    followed = world.until(2, 5)
    assert world.came() == [(Came.REFUSED, "2018-07-02"), BY_HAND]
    assert followed.stands_refused
    assert "--accept" in followed.nights[0].why
    assert followed.nights[0].rows.bad == 9
    assert {each.column for each in followed.nights[0].bad_rows} == {"DECOM"}
    assert "31/31" not in followed.model_dump_json(), "no value"
    world.start()
    followed = world.until(2, 9)
    assert len(followed.nights) == 2, "it was not tried again"
    assert not followed.late, "it came"
    world.put("2018-07-02-again", LEFT_CARE.format(1), IN_CARE.format(2))
    followed = world.until(2, 9, 30)
    assert not followed.stands_refused
    assert world.told()[before:] == ["care_period.ended"]


def test_the_same_name_written_anew_is_tried_again(world: World) -> None:
    world.put("2018-07-02", *(UNREADABLE.format(number) for number in range(9)))
    world.until(2, 5)
    world.put("2018-07-02", LEFT_CARE.format(1), IN_CARE.format(2))
    world.until(2, 6)
    assert world.came() == [(Came.TOLD, "2018-07-02"), (Came.REFUSED, "2018-07-02"), BY_HAND]


def test_what_a_person_accepts_is_refused_no_more(world: World) -> None:
    there = world.put("2018-07-02", *(UNREADABLE.format(number) for number in range(9)))
    world.until(2, 5)
    world.by_hand(there, accept=True)
    followed = world.until(2, 6)
    assert world.came()[0] == BY_HAND
    assert not followed.stands_refused
    assert followed.taken == datetime(2018, 7, 2, 5, tzinfo=UTC)


def test_what_is_no_extract_is_refused(world: World) -> None:
    (world.folder / "2018-07-02").mkdir()
    letter = world.folder / "2018-07-02" / "letter.txt"
    letter.write_text("Dear all")
    os.utime(letter, (START.timestamp(), START.timestamp()))
    followed = world.until(2, 5)
    assert world.came()[0] == (Came.REFUSED, "2018-07-02")
    assert followed.nights[0].why


# --- unlike the last ---


def test_an_extract_unlike_the_last_is_told_and_said(world: World) -> None:
    world.put("2018-07-02", *(IN_CARE.format(number) for number in range(1, 201)))
    world.until(2, 5)
    world.put("2018-07-03", *(IN_CARE.format(number) for number in range(1, 301)))
    night = world.until(3, 5).nights[0]
    assert (night.came, night.facts.new) == (Came.TOLD, 300)
    assert [(each.table, each.before, each.rows) for each in night.unlike] == [
        ("episodes.csv", 200, 300)
    ]


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ({"a": 1000}, {"a": 1200}, []),
        ({"a": 1000}, {"a": 1201}, ["a"]),
        ({"a": 1000}, {"a": 799}, ["a"]),
        ({"a": 10}, {"a": 60}, []),
        ({"a": 10}, {"a": 61}, ["a"]),
        ({"a": 100}, {}, ["a"]),
        ({}, {"a": 100}, ["a"]),
        ({"SSDA903_2020_episodes.csv": 100}, {"SSDA903_2021_episodes.csv": 100}, []),
        (
            {"ssd-2026-11-29.xml, Child": 100},
            {"ssd-2026-11-30.xml, Child": 300},
            ["ssd-.xml, Child"],
        ),
    ],
)
def test_what_is_unlike(before: dict[str, int], now: dict[str, int], said: list[str]) -> None:
    def tables(of: dict[str, int]) -> list[TableRows]:
        return [TableRows(table=name, rows=rows) for name, rows in of.items()]

    assert [each.table for each in unlike(tables(before), tables(now), 0.2)] == said


# --- killed, and away ---


def _killing(of: Any, name: str, *, after: bool) -> Callable[[pytest.MonkeyPatch], None]:
    """Kills the process the first time that something is called that changes what is kept."""

    def install(patch: pytest.MonkeyPatch) -> None:
        real, calls = getattr(of, name), []

        def killed(*given: Any, **more: Any) -> Any:
            calls.append(name)
            if len(calls) > 1:
                return real(*given, **more)
            if after:
                real(*given, **more)
            raise Killed

        patch.setattr(of, name, killed)

    return install


KILLS = {
    f"{'after' if after else 'before'} {name}": _killing(of, name, after=after)
    for of, name in [
        (KeptNights, "keep"),
        (ToldStore, "tell"),
        (ToldStore, "finish"),
    ]
    for after in (False, True)
}


@pytest.mark.parametrize("kill", KILLS.values(), ids=KILLS.keys())
def test_killed_anywhere_it_loses_nothing_and_says_the_night_once(
    world: World, monkeypatch: pytest.MonkeyPatch, kill: Callable[[pytest.MonkeyPatch], None]
) -> None:
    world.until(2, 0, 50)
    world.put("2018-07-02", LEFT_CARE.format(1), IN_CARE.format(2))
    kill(monkeypatch)
    with pytest.raises(Killed):
        world.until(2, 5)
    world.start()
    world.until(2, 5)
    assert world.came() == [(Came.TOLD, "2018-07-02"), BY_HAND]
    night = world.follower.followed.nights[0]
    assert (night.facts.new, night.rows.rows) == (1, 2)
    assert world.told().count("care_period.ended") == 1
    world.check_state()


@pytest.mark.parametrize("lives", [0, 1, 2])
def test_killed_while_it_tells_it_is_told_to_its_end_though_the_extract_is_gone(
    world: World, lives: int
) -> None:
    world.until(2, 0, 50)
    there = world.put("2018-07-02", LEFT_CARE.format(1), LEFT_CARE.format(2))
    world.kafka.lives = lives
    if lives < 2:
        with pytest.raises(Killed):
            world.until(2, 5)
        for each in [*there.iterdir()]:
            each.unlink()
        there.rmdir()
    world.kafka.lives = 1000
    world.start()
    world.until(2, 5)
    assert world.came() == [(Came.TOLD, "2018-07-02"), BY_HAND]
    assert world.follower.followed.nights[0].facts.new == 2
    assert world.follower.followed.begun is None
    world.check_state()


def test_where_kafka_is_away_it_says_so_and_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = world.put("2018-07-02", LEFT_CARE.format(1), IN_CARE.format(2))
    away = True

    def publish(events: Any) -> None:
        if away:
            raise PublishError("Kafka did not take 1 events")
        world.kafka(events)

    telling_extracts = TellingExtracts(world.settings, ExtractSettings(), publish)
    monkeypatch.setattr(world.follower, "_telling", telling_extracts)
    followed = world.until(2, 7)
    assert (followed.trouble, followed.late) == ("Kafka did not take 1 events", True)
    assert followed.looked < datetime(2018, 7, 2, 1, 10, tzinfo=UTC), "nobody has looked since"
    away = False
    followed = world.until(2, 7, 30)
    assert (followed.trouble, followed.late) == ("", False)
    assert there.is_dir()
    assert world.came() == [(Came.TOLD, "2018-07-02"), BY_HAND]
    world.check_state()


def test_nothing_is_told_before_somebody_has_told_the_first(tmp_path: Path) -> None:
    world = World(tmp_path)
    (Path(world.state) / "told.parquet").unlink()
    world.put("2018-07-02", LEFT_CARE.format(1))
    before = len(world.kafka.events)
    followed = world.until(2, 6)
    assert "nothing was told of the source yet, or its state is gone" in followed.trouble
    assert len(world.kafka.events) == before


def test_a_folder_that_is_not_there_is_named(world: World) -> None:
    world.folder.rename(world.folder.with_name("elsewhere"))
    followed = world.until(2, 6)
    assert "No such file or directory (CASEPULSE_FOLLOW_PLACE)" in followed.trouble
    assert followed.late


def test_while_somebody_else_is_at_it_it_waits(world: World) -> None:
    world.put("2018-07-02", LEFT_CARE.format(1), IN_CARE.format(2))
    with one_at_a_time.one_at_a_time(world.state):
        followed = world.until(2, 5)
        assert "another run is at work" in followed.trouble
    world.until(2, 5, 30)
    assert world.came()[0] == (Came.TOLD, "2018-07-02")


# --- a database ---


def test_a_database_that_is_refused_is_read_again_and_counts_once(tmp_path: Path) -> None:
    world = World(tmp_path, again=600)
    full = world.put("database", LEFT_CARE.format(1), IN_CARE.format(2))
    reads: list[datetime] = []

    class FromFolder(Database):
        def arrivals(self, now: datetime) -> list[Arrival]:
            reads.append(now)
            return [Arrival("the database", str(full), now, "")]

    world.put("database", *(UNREADABLE.format(number) for number in range(9)))
    world.follower._place = FromFolder(world.settings)
    followed = world.until(2, 1, 25)
    assert {later - earlier for earlier, later in pairwise(reads[1:])} == {timedelta(minutes=10)}
    assert world.came() == [(Came.REFUSED, "the database"), BY_HAND]
    assert followed.stands_refused
    world.put("database", LEFT_CARE.format(1), IN_CARE.format(2))
    before = len(reads)
    followed = world.until(2, 9)
    assert len(reads) == before + 1
    assert world.came()[0] == (Came.TOLD, "the database")
    assert followed.taken == reads[-1]


# --- hours, settings, the loop, metrics ---


@pytest.mark.parametrize(
    ("now", "began", "asked", "due"),
    [
        ("2026-11-30T01:59", "2026-11-27T02:00", "2026-11-27T05:00", "2026-11-27T07:00"),
        ("2026-11-30T02:00", "2026-11-30T02:00", "2026-11-30T02:00", "2026-11-30T07:00"),
        ("2026-11-30T06:00", "2026-11-30T02:00", "2026-11-30T05:00", "2026-11-30T07:00"),
        ("2026-07-01T01:00", "2026-07-01T01:00", "2026-07-01T01:00", "2026-07-01T06:00"),
    ],
)
def test_nights_go_by_the_clock_of_london_on_working_days(
    now: str, began: str, asked: str, due: str
) -> None:
    hours = Hours(clocks("05:00,02:00"), weekdays("mon,tue,wed,thu,fri"), time(7))
    at = datetime.fromisoformat(f"{now}+00:00")
    told = hours.began(at), hours.asked(at), hours.due(at)
    assert [f"{each:%Y-%m-%dT%H:%M}" for each in told if each] == [began, asked, due]
    assert hours.began(hours.ends(at)) == hours.ends(at) > at


def test_a_night_may_begin_the_evening_before(world: World) -> None:
    hours = Hours((time(22),), frozenset(range(7)), time(6))
    assert hours.due(datetime(2026, 11, 30, 23, tzinfo=UTC)) == datetime(2026, 12, 1, 6, tzinfo=UTC)


def test_nights_in_which_clocks_change_begin_once() -> None:
    hours = Hours((time(1, 30),), frozenset(range(7)), None)
    at, began = datetime(2026, 3, 1, tzinfo=UTC), set()
    while at.year == 2026:
        began.add(hours.began(at))
        at += timedelta(minutes=30)
    days = sorted(began)
    assert len(days) == (date(2027, 1, 1) - date(2026, 2, 28)).days
    assert all(
        timedelta(hours=22) < later - earlier < timedelta(hours=26)
        for earlier, later in pairwise(days)
    )


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SOURCE", "nobody", "must be one whose extracts can be read"),
        ("AT", "2 o'clock", "write hours and minutes, as 05:30"),
        ("AT", "24:00", "write hours and minutes"),
        ("BY", "7", "write hours and minutes"),
        ("DAYS", "mon,weekend", "write days with commas between"),
        ("MARKER", "DONE", "for the extract's name"),
        ("MARKER", "*/../x", "for the extract's name"),
        ("QUIET", "-1", "greater than or equal to 0"),
    ],
)
def test_a_wrong_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    wanted = {"SOURCE": "ssda903", "PLACE": "/extracts", "STATE": "/state", name: value}
    for each, given in wanted.items():
        monkeypatch.setenv(f"CASEPULSE_FOLLOW_{each}", given)
    with pytest.raises(SettingsError, match=f"CASEPULSE_FOLLOW_{name}: .*{said}"):
        FollowSettings.from_environment()


def test_a_database_has_no_marker_and_its_url_is_not_repeated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wanted = {"SOURCE": "ssda903", "PLACE": "postgresql://u:secret@h/d", "STATE": "s"}
    for each, given in {**wanted, "MARKER": "*.ok"}.items():
        monkeypatch.setenv(f"CASEPULSE_FOLLOW_{each}", given)
    with pytest.raises(SettingsError) as refused:
        FollowSettings.from_environment()
    assert "MARKER: a database has none" in str(refused.value)
    assert "secret" not in str(refused.value)


class MadeUpClock:
    """Moves on when it is waited for, and ends after so many waits."""

    def __init__(self, world: World, waits: int) -> None:
        self.world = world
        self.waits = waits

    def now(self) -> datetime:
        return self.world.clock

    def wait(self, seconds: float) -> bool:
        self.world.clock += timedelta(seconds=seconds)
        self.waits -= 1
        return self.waits == 0


def test_it_ends_between_two_looks_when_it_is_told_to(world: World) -> None:
    clock = MadeUpClock(world, 3)
    follow_on(world.follower, clock, 60)
    assert clock.waits == 0
    assert world.clock == START + timedelta(minutes=3)


def test_once_it_waits_for_what_is_on_its_way(world: World) -> None:
    world.clock += timedelta(hours=2)
    world.put("2018-07-01", LEFT_CARE.format(1), IN_CARE.format(2))
    clock = MadeUpClock(world, 100)
    follow_on(world.follower, clock, 60, once=True)
    assert world.came()[0] == (Came.TOLD, "2018-07-01"), "at any hour"
    assert clock.waits == 98


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("2018-07-02", 2),
        ("ssd_20180702T0215", 2),
        ("20180702021500", 2),
        ("annex-a 2018.07.02.xlsx", 2),
        ("batch-201807022", 4),
        ("2018-13-45", 4),
        ("current", 4),
    ],
)
def test_the_day_of_a_name_wins_over_a_later_copy(world: World, name: str, day: int) -> None:
    world.clock += timedelta(days=3)
    world.put(name, IN_CARE.format(1))
    [arrival] = world.place.arrivals(world.clock)
    assert arrival.taken.astimezone(LONDON).day == day


def test_what_its_name_dates_after_today_waits_for_its_day(world: World) -> None:
    world.put("2018-07-03", IN_CARE.format(1))
    assert world.place.arrivals(world.clock) == []
    assert len(world.place.arrivals(world.clock + timedelta(days=2))) == 1


def test_prometheus_is_told(world: World) -> None:
    def told() -> str:
        return generate_latest(
            registry(lambda: world.follower.followed, lambda: world.clock)
        ).decode()

    assert 'casepulse_extract_late{source="ssda903"} 0.0' in told()
    world.put("2018-07-02", LEFT_CARE.format(1), IN_CARE.format(2))
    world.until(2, 5)
    metrics = told()
    assert 'casepulse_extract_facts{source="ssda903",word="new"} 1.0' in metrics
    assert 'casepulse_extract_rows{outcome="told",source="ssda903"} 2.0' in metrics
    assert 'casepulse_extract_refused{source="ssda903"} 0.0' in metrics
    taken = world.follower.followed.taken
    assert taken is not None
    [line] = [each for each in metrics.splitlines() if each.startswith("casepulse_extract_taken")]
    assert float(line.split()[-1]) == taken.timestamp()
    world.put("2018-07-03", *(UNREADABLE.format(number) for number in range(9)))
    world.until(3, 5)
    metrics = told()
    assert 'casepulse_extract_refused{source="ssda903"} 1.0' in metrics
    assert 'casepulse_extract_rows{outcome="bad",source="ssda903"} 9.0' in metrics
    assert 'casepulse_extract_facts{source="ssda903",word="new"} 1.0' in metrics, "what was told"
