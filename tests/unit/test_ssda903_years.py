"""Returns that follow one another: the next year's, and later copies of the same."""

import tempfile
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casepulse.schemas.envelope import Event
from casepulse.schemas.events import EVENTS
from casepulse.state import Case, CaseView, Fact
from casepulse.state.records.admissions import discharges
from casepulse.state.records.care import (
    care_periods,
    current_placement,
    legal_status,
    placements,
)
from casepulse.state.records.stays import in_care
from casepulse.streams.sources.changes import Changes
from casepulse.streams.sources.difference import difference
from casepulse.streams.sources.told import Told, told_by
from tests.unit.test_ssda903 import HEADERS, read_folder, view_of

AT = datetime(2018, 4, 1, tzinfo=UTC)


class Returns:
    """Returns that are told one after another, a day apart."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.told = Told()
        self.events: list[Event[Any]] = []
        self.taken = datetime(2020, 7, 1, tzinfo=UTC)

    def tell(self, **files: list[str]) -> Changes:
        self.taken = self.taken.replace(day=self.taken.day + 1)
        here = self.folder / f"{self.taken:%d}"
        here.mkdir()
        for name, rows in files.items():
            text = "\n".join([HEADERS[name], *(_padded(name, row) for row in rows)]) + "\n"
            (here / f"{name}.csv").write_text(text, encoding="utf-8")
        changes = difference(self.told, read_folder(here, taken=self.taken))
        run = list(changes.events())
        self.events += run
        self.told = changes.after
        assert told_by("ssda903", self.events).records == self.told.records
        return changes

    def view(self, at: datetime = AT) -> CaseView:
        return view_of(self.events, "1", at)

    def types(self, since: int = 0) -> list[str]:
        return [event.type for event in self.events[since:]]


def _padded(name: str, row: str) -> str:
    return row + "," * (HEADERS[name].count(",") - row.count(","))


@pytest.fixture
def returns(tmp_path: Path) -> Returns:
    return Returns(tmp_path)


def _told(changes: Changes) -> list[tuple[str, str]]:
    """What is told of which fact, by its day and type."""
    return [
        (each.word, each.place.id.removeprefix("ssda903-episodes-1-")) for each in changes.changes
    ]


def _moves(view: CaseView) -> list[str]:
    return [f"{each.day:%d/%m/%Y}" for each in view.records(placements)]


FIRST = "1,01/05/2015,S,C2,N1,U1,PR1,01/06/2016,X1,CARPL"
SECOND = "1,01/06/2016,P,C2,N1,U4,PR1"
LEFT = f"{SECOND},10/01/2018,E4A"


# --- the next year's return ---


def test_a_child_who_left_in_the_next_year_is_not_in_care(returns: Returns) -> None:
    returns.tell(episodes=[FIRST, SECOND])
    assert returns.view().records(in_care)
    returns.tell(episodes=[LEFT])
    assert not returns.view().records(in_care)
    (period,) = returns.view().records(care_periods)
    assert (f"{period.day}", f"{period.ended}") == ("2015-05-01", "2018-01-10")
    (discharge,) = discharges(returns.view())
    assert discharge.reason == "E4A"


def test_what_the_next_year_knows_no_better_stays_as_it_was_told(returns: Returns) -> None:
    """Of the second placement the next return knows since when, but not why: that stood in the row
    before. What ended before its year it does not hold at all."""
    returns.tell(episodes=[FIRST, SECOND])
    assert _told(returns.tell(episodes=[LEFT])) == [("new", "20160601-care_period.ended")]
    placed = returns.events[[each.type for each in returns.events].index("placement.started") + 1 :]
    assert [each.data.change_reason for each in placed if each.type == "placement.started"] == [
        "CARPL"
    ]


def test_the_next_year_begins_with_a_change_of_status_and_nobody_has_moved(
    returns: Returns,
) -> None:
    status = "1,01/06/2016,L,V2,N1,U1,PR1"
    returns.tell(episodes=["1,01/05/2015,S,C2,N1,U1,PR1,01/06/2016,X1", status])
    assert _told(returns.tell(episodes=[f"{status},10/01/2018,E4A"])) == [
        ("new", "20160601-care_period.ended")
    ]
    assert _moves(returns.view()) == ["01/05/2015"]


def test_a_first_return_that_begins_with_a_change_of_status_tells_a_placement(
    returns: Returns,
) -> None:
    returns.tell(episodes=["1,01/06/2017,L,V2,N1,U1,PR1"])
    assert _moves(returns.view()) == ["01/06/2017"]
    assert returns.view().records(legal_status) == "V2"


def test_what_is_not_in_the_next_years_return_is_not_gone(returns: Returns) -> None:
    returns.tell(
        header=["1,1,01/05/2010,WBRI,A1,,", "2,2,01/05/2011,WBRI,A1,,"],
        episodes=["2,01/05/2016,S,C2,N1,U1,PR1,01/02/2017,E8", FIRST, SECOND],
        reviews=["2,01/05/2011,01/09/2016,PN1"],
        oc2=["2,01/05/2011,17,,0,1,,1,0,1,,0"],
        uasc=["1,1,01/05/2010,"],
    )
    told = len(returns.events)
    returns.tell(
        header=["1,1,01/05/2010,WBRI,A1,,"],
        episodes=[LEFT],
        reviews=[],
        oc2=["1,01/05/2010,17,,0,1,,1,0,1,,0"],
        uasc=["1,1,01/05/2010,"],
    )
    assert returns.types(told) == ["care_period.ended", "care_outcomes.recorded"]


def test_a_child_whose_open_episode_is_in_no_later_return_was_not_in_care(
    returns: Returns,
) -> None:
    returns.tell(episodes=[FIRST, SECOND, "2,01/03/2017,S,C2,N1,U1,PR1"])
    changes = returns.tell(episodes=[LEFT])
    gone = {each.place.subject for each in changes.changes if each.word == "voided"}
    assert gone == {"child:2"}


def test_who_came_back_from_a_holiday_in_the_year_before_has_not_moved(returns: Returns) -> None:
    """The row of the return home is all that the next year has of it: whether it was a move, the
    year before knew."""
    returns.tell(episodes=_home_again())
    *_, back = _home_again()
    changes = returns.tell(episodes=[f"{back},01/07/2018,E4A"])
    assert _told(changes) == [("new", "20170815-care_period.ended")]
    assert _moves(returns.view()) == ["01/05/2017"]


def test_a_move_whose_row_was_corrected_in_the_next_year_is_told(returns: Returns) -> None:
    returns.tell(episodes=[FIRST, SECOND])
    returns.tell(episodes=[LEFT.replace("01/06/2016", "08/06/2016")])
    assert _moves(returns.view()) == ["01/05/2015", "08/06/2016"]


def test_a_birthday_that_differs_in_the_next_year_is_amended(returns: Returns) -> None:
    """And with it what else is dated by it."""
    returns.tell(header=["1,1,01/05/2010,WBRI,A1,,"], episodes=[FIRST, SECOND])
    changes = returns.tell(header=["1,1,05/01/2010,WBRI,A1,,"], episodes=[LEFT])
    assert [each.word for each in changes.changes if "registered" in each.type] == ["amended"]
    (born,) = {
        event.data.replacement.data.born
        for event in returns.events
        if event.type == "record.amended"
    }
    assert born == date(2010, 1, 5)


def test_two_birthdays_in_one_return_are_said_and_the_first_holds(returns: Returns) -> None:
    changes = returns.tell(
        header=["1,1,01/05/2010,WBRI,A1,,", "1,1,05/01/2010,WBRI,A1,,"], episodes=[SECOND]
    )
    assert changes.by_type["child.registered"].after == 1
    assert returns.view().records(in_care)


def test_of_a_child_who_is_absent_the_next_year_what_had_ended_stays(returns: Returns) -> None:
    """The open episode would have to be there; the one before it is of another year."""
    other = "2,01/03/2017,S,C2,N1,U1,PR1"
    returns.tell(episodes=[FIRST, SECOND, other])
    changes = returns.tell(episodes=[f"{other},10/01/2018,E8"])
    assert {each.place.id for each in changes.changes if each.place.subject == "child:1"} == {
        "ssda903-episodes-1-20160601-care_period.started",
        "ssda903-episodes-1-20160601-placement.started",
    }
    (period,) = returns.view().records(care_periods)
    assert (f"{period.day}", f"{period.ended}") == ("2015-05-01", "2016-06-01")


def test_a_social_worker_of_a_child_who_left_care_stays_as_told(returns: Returns) -> None:
    """Of a child who is not in the next return nothing is said, and nothing is gone."""
    other = "2,01/03/2017,S,C2,N1,U1,PR1"
    worker = "1,01/05/2010,SW1,01/05/2016,,"
    returns.tell(
        episodes=["1,01/05/2016,S,C2,N1,U1,PR1,01/03/2017,E8", other], sw_episodes=[worker]
    )
    changes = returns.tell(
        episodes=[f"{other},01/06/2017,X1", "2,01/06/2017,P,C2,N1,U1,PR1"],
        sw_episodes=["2,,SW1,01/05/2017,,"],
    )
    assert not [each for each in changes.changes if each.place.subject == "child:1"]


def test_a_social_worker_who_goes_on_is_told_once(returns: Returns) -> None:
    episodes = ["1,01/05/2016,S,C2,N1,U1,PR1"]
    returns.tell(episodes=episodes, sw_episodes=["1,,SW1,01/05/2016,,"])
    changes = returns.tell(
        episodes=[f"{episodes[0]},01/06/2017,E8"], sw_episodes=["1,,SW1,01/05/2016,01/06/2017,"]
    )
    assert {each.type for each in changes.changes} == {"allocation.ended", "care_period.ended"}


# --- a later copy of the same year's ---


def test_a_social_worker_who_is_withdrawn_is_gone(returns: Returns) -> None:
    episodes = ["1,01/05/2017,S,C2,N1,U1,PR1"]
    workers = ["1,,SW1,01/05/2017,01/06/2017,", "1,,SW2,01/06/2017,,"]
    returns.tell(episodes=episodes, sw_episodes=workers)
    changes = returns.tell(episodes=episodes, sw_episodes=workers[:1])
    assert [(each.word, each.type) for each in changes.changes] == [
        ("voided", "allocation.started")
    ]


def test_nothing_is_withdrawn_of_a_column_that_a_later_copy_lacks(returns: Returns) -> None:
    returns.tell(episodes=[FIRST, SECOND])
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(HEADERS, "episodes", "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC")
        rows = [FIRST.removesuffix(",CARPL"), SECOND]
        assert not len(returns.tell(episodes=rows))


def test_a_corrected_code_is_taken(returns: Returns) -> None:
    returns.tell(episodes=["1,01/05/2017,S,C2,N1,U1,PR1,01/06/2017,E4A"])
    changes = returns.tell(episodes=["1,01/05/2017,S,C2,N1,U1,PR1,01/06/2017,E11"])
    assert _told(changes) == [("amended", "20170501-care_period.ended")]
    assert [each.reason for each in discharges(returns.view())] == ["E11"]


def test_a_withdrawn_end_is_taken(returns: Returns) -> None:
    returns.tell(episodes=["1,01/05/2017,S,C2,N1,U1,PR1,01/06/2017,E4A"])
    changes = returns.tell(episodes=["1,01/05/2017,S,C2,N1,U1,PR1"])
    assert _told(changes) == [("voided", "20170501-care_period.ended")]
    assert returns.view().records(in_care)


def test_a_moved_beginning_is_taken(returns: Returns) -> None:
    returns.tell(episodes=["1,01/05/2017,S,C2,N1,U1,PR1"])
    returns.tell(episodes=["1,08/05/2017,S,C2,N1,U1,PR1"])
    (period,) = returns.view().records(care_periods)
    assert f"{period.day}" == "2017-05-08"
    assert _moves(returns.view()) == ["08/05/2017"]


def test_a_child_that_is_withdrawn_is_gone(returns: Returns) -> None:
    returns.tell(
        header=["1,1,01/05/2010,WBRI,A1,,", "2,2,01/05/2011,WBRI,A1,,"],
        episodes=["1,01/05/2017,S,C2,N1,U1,PR1", "2,01/05/2017,S,C2,N1,U1,PR1"],
    )
    returns.tell(header=["2,2,01/05/2011,WBRI,A1,,"], episodes=["2,01/05/2017,S,C2,N1,U1,PR1"])
    voided = {event.data.voids for event in returns.events if event.type == "record.voided"}
    assert "ssda903-header-1-child.registered" in voided
    assert not returns.view().records(in_care)


def test_what_comes_back_counts_again(returns: Returns) -> None:
    there = ["1,01/05/2017,S,C2,N1,U1,PR1,01/06/2017,E4A"]
    returns.tell(episodes=there)
    returns.tell(episodes=["1,01/05/2017,S,C2,N1,U1,PR1"])
    assert _told(returns.tell(episodes=there)) == [("returned", "20170501-care_period.ended")]
    assert not returns.view().records(in_care)


def test_the_same_return_again_tells_nothing(returns: Returns) -> None:
    files = {"episodes": [FIRST, SECOND], "header": ["1,1,01/05/2010,WBRI,A1,,"]}
    returns.tell(**files)
    assert not len(returns.tell(**files))


@pytest.mark.parametrize(
    "row", ["1,01/05/2017,S,C2,N1,U1,PR1,31/06/2017,E8", "1,99/05/2017,S,C2,N1,U1,PR1"]
)
def test_nothing_is_withdrawn_of_a_child_with_a_bad_row(returns: Returns, row: str) -> None:
    other = "2,01/05/2017,S,C2,N1,U1,PR1,01/06/2017,E4A"
    returns.tell(episodes=["1,01/05/2017,S,C2,N1,U1,PR1,01/06/2017,E4A", other])
    changes = returns.tell(episodes=[row, "2,01/05/2017,S,C2,N1,U1,PR1"])
    assert [(each.word, each.place.subject) for each in changes.changes] == [("voided", "child:2")]


@pytest.mark.parametrize("missing", ["the file", "a column", "whose row it is"])
def test_nothing_is_withdrawn_of_what_could_not_be_read(returns: Returns, missing: str) -> None:
    episodes = ["1,01/05/2017,S,C2,N1,U1,PR1"]
    returns.tell(episodes=episodes, reviews=["1,,05/06/2017,PN1", "1,,06/06/2017,PN1"])
    if missing == "the file":
        changes = returns.tell(episodes=episodes)
    elif missing == "a column":
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(HEADERS, "reviews", "CHILD,DOB,REVIEWED,REVIEW_CODE")
            changes = returns.tell(episodes=episodes, reviews=["1,,05/06/2017,PN1"])
    else:
        changes = returns.tell(episodes=episodes, reviews=["no key,,05/06/2017,PN1"])
    assert not len(changes)


def test_a_change_of_status_stands_for_the_placement_whose_row_is_withdrawn(
    returns: Returns,
) -> None:
    status = "1,01/08/2017,L,V2,N1,U1,PR1"
    returns.tell(episodes=["1,01/05/2017,S,C2,N1,U1,PR1,01/08/2017,X1", status])
    returns.tell(episodes=[status])
    assert _moves(returns.view()) == ["01/08/2017"]


_DAYS = [f"{day:02}/05/2017" for day in (2, 3, 5, 8)]


@st.composite
def _row(draw: st.DrawFn) -> str:
    begins = draw(st.integers(0, len(_DAYS) - 1))
    return ",".join(
        (
            draw(st.sampled_from(["1", "2"])),
            _DAYS[begins],
            draw(st.sampled_from(["S", "P", "L", "B"])),
            draw(st.sampled_from(["C2", "V2"])),
            "N1",
            draw(st.sampled_from(["U1", "U4", "T1"])),
            "PR1",
            draw(st.sampled_from(["", *_DAYS[begins:]])),
            draw(st.sampled_from(["X1", "E8"])),
            draw(st.sampled_from(["", "CARPL"])),
        )
    )


_ROWS = st.lists(_row(), max_size=6, unique_by=lambda row: tuple(row.split(",")[:2]))


@settings(max_examples=150, deadline=None)
@given(copies=st.lists(_ROWS, min_size=2, max_size=3))
def test_of_copies_of_a_return_the_last_one_holds(copies: list[list[str]]) -> None:
    """Whatever was corrected, except for why a placement began: of a child's first row no copy says
    that, and what another said of it stands."""
    with tempfile.TemporaryDirectory() as folder:
        told, events, afresh = Told(), [], []
        for number, rows in enumerate(copies):
            path = Path(folder) / "episodes.csv"
            path.write_text(
                "\n".join([HEADERS["episodes"], *(_padded("episodes", r) for r in rows)])
            )
            taken = datetime(2018, 7, 1 + number, tzinfo=UTC)
            found = read_folder(Path(folder), year_end=date(2018, 3, 31), taken=taken)
            assert not any(account.bad for account in found.accounts)
            changes = difference(told, found)
            events += list(changes.events())
            told = changes.after
            afresh = list(difference(Told(), found).events())
    for child in ("1", "2"):
        assert _standing(events, child) == _standing(afresh, child)


@settings(max_examples=60, deadline=None)
@given(rows=_ROWS, order=st.randoms(use_true_random=False))
def test_rows_in_another_order_or_told_twice_change_nothing(rows: list[str], order: Random) -> None:
    told = []
    for lines in (rows, order.sample([*rows, *rows[:2]], len(rows) + len(rows[:2]))):
        with tempfile.TemporaryDirectory() as folder:
            padded = [_padded("episodes", row) for row in lines]
            (Path(folder) / "episodes.csv").write_text("\n".join([HEADERS["episodes"], *padded]))
            found = read_folder(Path(folder), year_end=date(2018, 3, 31))
        (account,) = found.accounts
        assert (account.told, account.bad) == (len(rows), 0)
        told.append(sorted(found.says, key=lambda said: (said.subject, said.id)))
    assert told[0] == told[1]


def _standing(events: Iterable[Event[Any]], child: str) -> set[tuple[str, datetime, str]]:
    case = Case(f"child:{child}")
    for event in events:
        if event.subject == case.subject:
            case.add(Fact.of(event))
    return {
        (fact.id, fact.time, fact.data.model_dump_json(exclude={"change_reason"}))
        for fact_type in EVENTS
        for fact in case.standing(fact_type)
    }


# --- what the rows of one return say together ---


def test_an_open_episode_among_others_that_end_keeps_the_child_in_care(returns: Returns) -> None:
    returns.tell(
        episodes=[
            "1,16/10/2016,P,C2,N1,R1,PR1,06/10/2017,X1",
            "1,06/10/2017,U,C2,N1,K1,PR1,26/12/2017,E8",
            "1,04/09/2017,S,C2,N1,U1,PR1",
        ]
    )
    assert returns.view().records(in_care)


def _home_again(back: str = "U1", away: str = "T1") -> list[str]:
    return [
        "1,01/05/2017,S,C2,N1,U1,PR1,01/08/2017,X1",
        f"1,01/08/2017,P,C2,N1,{away},PR1,15/08/2017,X1",
        f"1,15/08/2017,P,C2,N1,{back},PR1",
    ]


@pytest.mark.parametrize("away", ["T0", "T1", "T3"])
def test_a_holiday_is_no_move(returns: Returns, away: str) -> None:
    returns.tell(episodes=_home_again(away=away))
    assert _moves(returns.view()) == ["01/05/2017"]
    placement = returns.view().records(current_placement)
    assert placement is not None
    assert f"{placement.day}" == "2017-05-01"


def test_two_temporary_places_in_turn_are_no_move(returns: Returns) -> None:
    first, away, back = _home_again()
    again = away.replace("01/08", "08/08").replace("T1", "T0")
    returns.tell(episodes=[first, away.replace("15/08", "08/08"), again, back])
    assert _moves(returns.view()) == ["01/05/2017"]


def test_to_come_back_to_another_place_is_a_move(returns: Returns) -> None:
    returns.tell(episodes=_home_again("U4"))
    assert _moves(returns.view()) == ["01/05/2017", "15/08/2017"]


def test_a_move_after_a_holiday_is_one(returns: Returns) -> None:
    *rows, back = _home_again()
    returns.tell(episodes=[*rows, f"{back},01/10/2017,X1", "1,01/10/2017,P,C2,N1,U1,PR1"])
    assert _moves(returns.view()) == ["01/05/2017", "01/10/2017"]


def _on_one_day() -> Iterable[tuple[list[str], str]]:
    ended = "1,01/05/2017,S,C2,N1,U1,PR1,01/05/2017,X1"
    stays = "1,01/05/2017,P,C2,N1,U4,PR1"
    yield [ended, stays], "U4"
    yield [stays, ended], "U4"


@pytest.mark.parametrize(("rows", "place"), _on_one_day())
def test_of_two_rows_on_one_day_the_one_that_lasts_is_told(
    returns: Returns, rows: list[str], place: str
) -> None:
    returns.tell(episodes=rows)
    placement = returns.view().records(current_placement)
    assert returns.view().records(in_care)
    assert placement is not None
    assert placement.placement_type == place


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_rows_that_both_last_one_is_bad_and_the_child_is_in_care(
    returns: Returns, turned: bool
) -> None:
    rows = ["1,01/05/2017,S,C2,N1,U1,PR1,01/06/2017,E8", "1,01/05/2017,S,C2,N1,U4,PR1"]
    changes = returns.tell(episodes=rows[::-1] if turned else rows)
    assert returns.view().records(in_care)
    assert len(changes) == 3


def test_a_change_of_status_in_another_place_is_a_move(returns: Returns) -> None:
    returns.tell(
        episodes=[
            "1,01/05/2017,S,C2,N1,U1,PR1,01/08/2017,X1",
            "1,01/08/2017,L,V2,N1,K2,PR1",
        ]
    )
    assert _moves(returns.view()) == ["01/05/2017", "01/08/2017"]


# --- the codes of each year ---


def test_the_codes_of_2025_are_read(returns: Returns) -> None:
    places = ["K3", "Z11", "Z12", "Z13", "Z14", "H5", "Z1"]
    returns.tell(
        header=[f"{sex},{sex},01/05/2010,WBRI,A1,," for sex in ("M", "F", "U", "1", "2")],
        episodes=[f"{place},01/05/2017,S,C2,N1,{place},PR1" for place in places],
    )
    said = {each.subject: each.data for each in returns.events if "registered" in each.type}
    assert [said[f"child:{sex}"].sex for sex in ("M", "F", "U", "1", "2")] == list("MFUMF")
    told = {each.subject: each.data for each in returns.events if each.type == "placement.started"}
    assert [told[f"child:{place}"].placement_type for place in places] == places


@pytest.mark.parametrize(("before", "since"), [("E43", "E45"), ("E44", "E48")])
def test_special_guardianship_of_before_2019_is_read(
    returns: Returns, before: str, since: str
) -> None:
    returns.tell(episodes=[f"1,01/05/2017,S,C2,N1,U1,PR1,01/06/2017,{before}"])
    assert [each.reason for each in discharges(returns.view())] == [since]


def test_nothing_is_withdrawn_of_a_child_with_a_code_that_is_none(returns: Returns) -> None:
    stays = "1,01/05/2017,S,C2,N1,U1,PR1"
    returns.tell(episodes=[stays])
    assert _told(returns.tell(episodes=[stays.replace("C2", "C9")])) == []
