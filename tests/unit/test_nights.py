"""Extracts that lie in a folder, told night by night: at the end holds what the last one says."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from casepulse.schemas.events.clock import ClockTicked
from casepulse.schemas.extracts import ExtractSettings
from casepulse.schemas.profile import load_profile
from casepulse.setup.nights import begun, nights_in, told_night_by_night
from casepulse.state import open_catalogue
from casepulse.streams.sources.extract import ExtractError
from casepulse.streams.sources.told import told_by
from casepulse.web.demo_identity import DemoSignIn

HEAD = "CHILD,DOB,REVIEW,REVIEW_CODE\n"
FIRST = "1,01/02/2010,05/06/2017,PN1\n2,01/02/2011,07/06/2017,PN1\n"
SECOND = FIRST.replace("07/06/2017,PN1", "07/06/2017,PN2") + "3,01/02/2012,28/06/2017,PN1\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for day, rows in (("2017-06-10", FIRST), ("2017-07-01", SECOND)):
        (tmp_path / day).mkdir()
        (tmp_path / day / "reviews.csv").write_text(HEAD + rows)
    return tmp_path


def test_each_was_taken_when_its_day_had_ended(folder: Path) -> None:
    nights = nights_in(str(folder))
    assert [Path(night.place).name for night in nights] == ["2017-06-10", "2017-07-01"]
    assert [night.taken.astimezone(UTC) for night in nights] == [
        datetime(2017, 6, 10, 23, tzinfo=UTC),
        datetime(2017, 7, 1, 23, tzinfo=UTC),
    ]


def test_one_without_a_day_was_taken_when_the_last_day_it_tells_of_had_ended(folder: Path) -> None:
    (folder / "2017-07-01").rename(folder / "a return")
    [night] = nights_in(str(folder / "a return"))
    assert night.taken.astimezone(UTC) == datetime(2017, 6, 28, 23, tzinfo=UTC)


def test_the_first_is_told_and_then_what_the_next_changes(folder: Path) -> None:
    nights = nights_in(str(folder))
    events = list(told_night_by_night(nights, ExtractSettings()))
    kinds = [event.type for event in events]
    tick, amended = ClockTicked.TYPE, "record.amended"
    assert kinds[:3] == ["care_review.held", "care_review.held", tick]
    assert sorted(kinds[3:5]) == ["care_review.held", amended]
    assert (kinds[5], events[5].time) == (tick, nights[1].taken)
    afresh = list(told_night_by_night(nights[1:], ExtractSettings()))
    held = {
        place: (record.time, record.digest)
        for place, record in told_by("ssda903", events).records.items()
    }
    assert held == {
        place: (record.time, record.digest)
        for place, record in told_by("ssda903", afresh).records.items()
    }


def test_who_has_no_profile_gets_one_without_rates(folder: Path) -> None:
    path = folder / "county.toml"
    path.write_text(begun(nights_in(str(folder))[-1]))
    profile = load_profile(path)
    assert (profile.sources, profile.population) == (["ssda903"], None)


def test_what_cant_be_shown_is_said(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ExtractError, match="is not there"):
        nights_in(str(tmp_path / "nowhere"))
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(ExtractError, match="holds no extract"):
        nights_in(str(empty))
    (folder / "2017-07-01 again").mkdir()
    (folder / "2017-07-01 again" / "reviews.csv").write_text(HEAD + SECOND)
    with pytest.raises(ExtractError, match="is of no later day"):
        nights_in(str(folder))
    (folder / "2017-08-01.jsonl").touch()
    with pytest.raises(ExtractError, match="dfe-payload and ssda903"):
        nights_in(str(folder))


@pytest.mark.parametrize(
    ("made_up", "says"), [(True, "the county is made up"), (False, "it shows your extracts")]
)
def test_the_pages_say_whether_the_county_is_made_up(made_up: bool, says: str) -> None:
    notice = DemoSignIn(open_catalogue(), made_up=made_up).notice
    assert notice is not None
    assert says in notice
