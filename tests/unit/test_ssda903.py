"""The SSDA903 source: what each file's rows become, and that every row is accounted for."""

import csv
import tempfile
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casepulse.schemas.envelope import Event
from casepulse.schemas.events import read_event, write_event
from casepulse.schemas.extracts import ExtractSettings
from casepulse.schemas.profile import load_profile
from casepulse.state import COUNTY, Case, CaseView, Fact, Figures, catalogue_for, evaluate
from casepulse.state.records.care import (
    care_periods,
    current_placement,
)
from casepulse.streams.sources.account import BadRow
from casepulse.streams.sources.difference import difference
from casepulse.streams.sources.extract import Extract, ExtractError, Request
from casepulse.streams.sources.ssda903 import read as read_return
from casepulse.streams.sources.told import Told

SAMPLE = Path(__file__).parents[2].parent / "shared/data/ssda903"

HEADERS = {
    "header": "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB",
    "episodes": "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,"
    "HOME_POST,PL_POST,URN",
    "reviews": "CHILD,DOB,REVIEW,REVIEW_CODE",
    "missing": "CHILD,DOB,MISSING,MIS_START,MIS_END",
    "oc2": "CHILD,DOB,SDQ_SCORE,SDQ_REASON,CONVICTED,HEALTH_CHECK,IMMUNISATIONS,TEETH_CHECK,"
    "HEALTH_ASSESSMENT,SUBSTANCE_MISUSE,INTERVENTION_RECEIVED,INTERVENTION_OFFERED",
    "oc3": "CHILD,DOB,IN_TOUCH,ACTIV,ACCOM",
    "uasc": "CHILD,SEX,DOB,DUC",
    "ad1": "CHILD,DOB,DATE_INT,DATE_MATCH,FOSTER_CARE,NB_ADOPTR,SEX_ADOPTR,LS_ADOPTR",
    "placed_for_adoption": "CHILD,DOB,DATE_PLACED,DATE_PLACED_CEASED,REASON_PLACED_CEASED",
    "previous_permanence": "CHILD,DOB,PREV_PERM,LA_PERM,DATE_PERM",
    "sw_episodes": "CHILD,DOB,SW_ID,SW_DECOM,SW_DEC,SW_REASON",
}

NOTHING_IS_LATER = datetime(2099, 1, 1, tzinfo=UTC)

OPEN_IN_2017 = "1,01/05/2017,S,C2,N1,U1,PR1,,,,,,"
"""An episode that puts the collection year at the one that ends on 31 March 2018."""


@pytest.fixture
def read(tmp_path: Path) -> Any:
    """Writes files, given the rows below each header, and reads the folder."""

    def write_and_read(year_end: date | None = None, **files: list[str]) -> "Read":
        for name, rows in files.items():
            text = "\n".join([HEADERS[name], *rows]) + "\n"
            (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        return Read(read_folder(tmp_path, year_end=year_end))

    return write_and_read


def read_folder(
    place: Path, *, year_end: date | None = None, taken: datetime = NOTHING_IS_LATER, **says: Any
) -> Extract:
    """A return, and what the profile says of it."""
    profile = ExtractSettings.model_validate(says)
    return read_return(Request(str(place), taken, profile, year_end))


class Read:
    """A return, told where nothing was told before."""

    def __init__(self, extract: Extract) -> None:
        self.extract = extract
        changes = difference(Told(), extract)
        self.events = sorted(changes.events(), key=lambda event: event.subject)
        self.account = {account.file: account for account in extract.accounts}
        self.bad = [bad for account in extract.accounts for bad in account.bad_rows]

    def told(self, *types: str) -> list[tuple[str, str]]:
        """The local day and the type of each event, by day; of these types only, if any."""
        events = [event for event in self.events if not types or event.type in types]
        return [(f"{event.time:%Y-%m-%d}", event.type) for event in sorted(events, key=_when)]

    def view(self, child: str = "1", at: datetime = datetime(2019, 4, 1, tzinfo=UTC)) -> CaseView:
        """A child's case, as rules see it."""
        return view_of(self.events, child, at)

    def only(self, event_type: str) -> Event[Any]:
        (event,) = (event for event in self.events if event.type == event_type)
        return event

    def counts(self, file: str) -> tuple[int, int, int, int]:
        account = self.account[file]
        assert account.rows == sum(
            (account.told, account.repeated, account.held_back, account.passed_over, account.bad)
        )
        return account.rows, account.told, account.repeated, account.bad


def view_of(
    events: Iterable[Event[Any]], child: str = "1", at: datetime = datetime(2019, 4, 1, tzinfo=UTC)
) -> CaseView:
    case = Case(f"child:{child}")
    for event in events:
        if event.subject == case.subject:
            case.add(Fact.of(event))
    view = catalogue_for(load_profile()).view(case, at)
    view.begin()
    return view


def _when(event: Event[Any]) -> tuple[datetime, str]:
    return event.time, event.type


def _episode(  # one row, in the order that a story is told in
    decom: str,
    dec: str = "",
    *,
    rne: str = "P",
    rec: str = "",
    ls: str = "C2",
    place: str = "U1",
    why: str = "",
    child: str = "1",
) -> str:
    return f"{child},{decom},{rne},{ls},N1,{place},PR1,{dec},{rec},{why},AB1 2CD,AB1 2CD,123"


# --- times, ids, bytes ---


def test_a_fact_known_by_its_day_happens_at_noon_in_london(read: Any) -> None:
    got = read(reviews=["1,01/01/2010,14/07/2017,PN1", "1,01/01/2010,14/12/2017,PN1"])
    summer, winter = (event.time.astimezone(UTC) for event in got.events)
    assert summer == datetime(2017, 7, 14, 11, tzinfo=UTC)
    assert winter == datetime(2017, 12, 14, 12, tzinfo=UTC)
    assert all(event.recordedtime == event.time for event in got.events)


def test_an_id_is_made_of_file_child_day_and_type(read: Any) -> None:
    event = read(reviews=["a-1,01/01/2010,14/07/2017,PN1"]).events[0]
    assert event.id == "ssda903-reviews-a-1-20170714-care_review.held"
    assert (event.source, event.subject) == ("ssda903", "child:a-1")


def test_a_corrected_return_gives_the_same_ids(read: Any) -> None:
    first = read(episodes=[_episode("01/05/2017", "01/06/2017", rne="S", rec="E4A", place="U1")])
    again = read(episodes=[_episode("01/05/2017", "08/06/2017", rne="S", rec="E8", place="U2")])
    assert [event.id for event in again.events] == [event.id for event in first.events]
    assert again.events != first.events


def test_no_id_holds_a_date_of_birth(read: Any) -> None:
    got = read(
        header=["1,1,02/03/2010,WBRI,,,"],
        previous_permanence=["1,02/03/2010,P1,,"],
    )
    assert not [event for event in got.events if "20100302" in event.id]


# --- header.csv ---


def test_a_child_is_registered_at_birth(read: Any) -> None:
    got = read(
        header=[
            "1,1,02/03/2010,WBRI,A1,,",
            "2,2,02/03/2011,,,1,04/05/2017",
            "3,,02/03/2012,REFU,,,",
        ]
    )
    boy, girl, unknown = got.events
    assert (boy.time.date(), boy.data.born) == (date(2010, 3, 2), date(2010, 3, 2))
    assert (boy.data.sex, boy.data.ethnicity) == ("M", "WBRI")
    assert (girl.data.sex, girl.data.ethnicity) == ("F", None)
    assert unknown.data.sex == "U"


# --- episodes.csv ---

PERIODS = ("care_period.started", "care_period.ended")
CHANGES = ("placement.started", "placement.ended", "legal_status.changed")


def _in_care(got: "Read", child: str = "1") -> list[tuple[str, str | None]]:
    """The first and last day of each time in care, as the engine has it."""
    return [
        (f"{period.day:%Y-%m-%d}", f"{period.ended:%Y-%m-%d}" if period.ended else None)
        for period in got.view(child).records(care_periods)
    ]


def test_an_episode_opens_a_period_a_placement_and_a_legal_status(read: Any) -> None:
    got = read(episodes=[_episode("01/05/2017", rne="S", ls="V2", place="U4")])
    assert got.told() == [
        ("2017-05-01", "care_period.started"),
        ("2017-05-01", "legal_status.changed"),
        ("2017-05-01", "placement.started"),
    ]
    assert got.only("care_period.started").data.need == "N1"
    assert got.only("legal_status.changed").data.legal_status == "V2"
    placement = got.only("placement.started").data
    assert (placement.placement_type, placement.provider) == ("U4", "PR1")
    assert (placement.in_county, placement.miles_from_home) == (None, None)
    assert placement.until_eighteen is False


@pytest.mark.parametrize("rne", ["P", "L", "T", "B", "U"])
def test_a_childs_first_episode_opens_a_period_whatever_its_reason(read: Any, rne: str) -> None:
    got = read(episodes=[_episode("01/05/2017", rne=rne)])
    assert len(got.told()) == 3


@pytest.mark.parametrize(
    ("rne", "ls", "expected"),
    [
        ("P", "C2", ["placement.started"]),
        ("T", "C2", ["placement.started"]),
        ("B", "V2", ["legal_status.changed", "placement.started"]),
        ("U", "V2", ["legal_status.changed", "placement.started"]),
        ("L", "V2", ["legal_status.changed"]),
        ("P", "V2", ["legal_status.changed", "placement.started"]),
        ("L", "C2", []),
    ],
)
def test_a_later_episode_tells_what_changed(
    read: Any, rne: str, ls: str, expected: list[str]
) -> None:
    first = _episode("01/05/2017", "01/06/2017", rne="S", rec="X1")
    got = read(episodes=[first, _episode("01/06/2017", rne=rne, ls=ls)])
    assert got.told(*CHANGES)[2:] == [("2017-06-01", each) for each in expected]
    assert got.counts("episodes.csv") == (2, 2, 0, 0)
    assert _in_care(got) == [("2017-05-01", None)]


def test_why_a_placement_changed_is_told_with_the_next_one(read: Any) -> None:
    got = read(
        episodes=[
            _episode("01/05/2017", "01/06/2017", rne="S", rec="X1", why="CREQB"),
            _episode("01/06/2017", "01/07/2017", rec="E8", why="ALLEG"),
            _episode("01/09/2017", rne="S"),
        ]
    )
    reasons = [e.data.change_reason for e in got.events if e.type == "placement.started"]
    assert reasons == [None, "CREQB", None]


def test_a_period_ends_with_the_reason_for_leaving(read: Any) -> None:
    got = read(episodes=[_episode("01/05/2017", "01/06/2017", rne="S", rec="E4A")])
    ended = got.only("care_period.ended")
    assert (ended.time.date(), ended.data.reason) == (date(2017, 6, 1), "E4A")
    assert ended.data.period == got.only("care_period.started").data.period
    assert not got.told("placement.ended")


def test_an_episode_is_a_period_that_follows_the_one_before(read: Any) -> None:
    got = read(
        episodes=[
            _episode("01/05/2017", "01/06/2017", rne="S", rec="X1"),
            _episode("01/06/2017", "01/07/2017", rec="E8"),
        ]
    )
    ends = [event.data for event in got.events if event.type == "care_period.ended"]
    assert [(each.period, each.reason) for each in ends] == [
        ("ssda903-20170501", None),
        ("ssda903-20170601", "E8"),
    ]
    assert _in_care(got) == [("2017-05-01", "2017-07-01")]


def test_a_return_to_care_on_the_day_of_leaving_is_a_new_period(read: Any) -> None:
    got = read(
        episodes=[
            _episode("01/05/2017", "01/06/2017", rne="S", rec="E8"),
            _episode("01/06/2017", rne="P"),
        ]
    )
    assert got.told(*PERIODS) == [
        ("2017-05-01", "care_period.started"),
        ("2017-06-01", "care_period.ended"),
        ("2017-06-01", "care_period.started"),
    ]


@pytest.mark.parametrize("rec", ["X1", ""])
def test_a_gap_ends_a_period_without_a_reason(read: Any, rec: str) -> None:
    got = read(
        episodes=[
            _episode("01/05/2017", "01/06/2017", rne="S", rec=rec),
            _episode("05/06/2017", rne="P"),
        ]
    )
    assert got.told(*PERIODS) == [
        ("2017-05-01", "care_period.started"),
        ("2017-06-01", "care_period.ended"),
        ("2017-06-05", "care_period.started"),
    ]
    assert got.only("care_period.ended").data.reason is None


def test_an_episode_that_ceases_without_another_ends_the_period(read: Any) -> None:
    got = read(episodes=[_episode("01/05/2017", "01/06/2017", rne="S", rec="X1")])
    assert got.told(*PERIODS)[-1] == ("2017-06-01", "care_period.ended")


@pytest.mark.parametrize("dec", ["", "01/08/2017", "01/06/2017"])
def test_starting_to_be_looked_after_again_ends_nothing(read: Any, dec: str) -> None:
    got = read(
        episodes=[
            _episode("01/05/2017", dec, rne="S", rec="X1" if dec else ""),
            _episode("01/06/2017", "01/07/2017", rne="S", rec="E8"),
        ]
    )
    ended = {"": None, "01/08/2017": "2017-08-01", "01/06/2017": "2017-07-01"}[dec]
    assert _in_care(got) == [("2017-05-01", ended)]


def test_an_open_episode_goes_on_until_the_next(read: Any) -> None:
    got = read(
        episodes=[_episode("01/05/2017", rne="S", rec="E8"), _episode("01/06/2017", rne="P")]
    )
    assert got.only("care_period.ended").data.reason is None
    assert _in_care(got) == [("2017-05-01", None)]
    assert len(got.told("placement.started")) == 2


def test_a_forgotten_end_keeps_nobody_in_care(read: Any) -> None:
    got = read(
        episodes=[
            _episode("01/05/2017", rne="S"),
            _episode("01/06/2017", "01/07/2017", rec="E8"),
        ]
    )
    assert _in_care(got) == [("2017-05-01", "2017-07-01")]


def test_overlapping_episodes_are_taken_as_they_come(read: Any) -> None:
    got = read(
        episodes=[
            _episode("01/05/2017", "01/09/2017", rne="S", rec="E8"),
            _episode("01/06/2017", "01/07/2017", rne="B", ls="V2", rec="X1"),
        ]
    )
    assert got.told(*CHANGES)[2:] == [
        ("2017-06-01", "legal_status.changed"),
        ("2017-06-01", "placement.started"),
        ("2017-07-01", "placement.ended"),
    ]
    assert _in_care(got) == [("2017-05-01", "2017-09-01")]


def test_of_two_ends_on_one_day_the_one_with_a_reason_is_told(read: Any) -> None:
    got = read(
        episodes=[
            _episode("01/05/2017", "01/09/2017", rne="S", rec="E8"),
            _episode("01/06/2017", "01/09/2017", rec="X1"),
        ]
    )
    ends = [event.data.reason for event in got.events if event.type == "care_period.ended"]
    assert ends == ["E8", "E8"]


def test_the_order_of_rows_in_the_file_makes_no_difference(read: Any) -> None:
    rows = [
        _episode("01/05/2017", "01/06/2017", rne="S", rec="X1"),
        _episode("01/06/2017", "01/07/2017", rec="E8"),
        _episode("01/09/2017", rne="S"),
    ]
    assert read(episodes=rows).events == read(episodes=rows[::-1]).events


def test_a_placement_that_lasted_no_day_is_over(read: Any) -> None:
    got = read(
        episodes=[
            _episode("01/05/2017", "01/06/2017", rne="S", rec="X1"),
            _episode("01/06/2017", "01/06/2017", rec="E8"),
        ]
    )
    assert got.view().records(current_placement) is None


def test_nothing_personal_is_read_into_an_event(read: Any) -> None:
    got = read(
        header=["1,1,02/03/2010,WBRI,Q1234567,,"],
        episodes=["1,01/05/2017,S,C2,N1,U1,PR1,,,,ZZ9 9ZZ,YY8 8YY,7654321"],
    )
    told = b"".join(write_event(event) for event in got.events)
    assert not [each for each in (b"ZZ9", b"YY8", b"7654321", b"Q1234567") if each in told]


# --- the other files ---


def test_every_review_is_held(read: Any) -> None:
    got = read(
        reviews=["1,01/01/2016,14/07/2017,PN0", "1,01/01/2016,14/07/2031,PN7", "1,,15/07/2017,"]
    )
    assert [event.data.participation for event in got.events] == ["PN0", None, "PN7"]


def test_a_missing_episode_starts_and_ends(read: Any) -> None:
    got = read(missing=["1,01/01/2005,M,05/06/2017,07/06/2017", "1,01/01/2005,A,09/06/2017,"])
    assert got.told() == [
        ("2017-06-05", "missing_episode.started"),
        ("2017-06-07", "missing_episode.ended"),
        ("2017-06-09", "missing_episode.started"),
    ]
    first, end, second = got.events
    assert first.data.episode == end.data.episode != second.data.episode
    assert (first.data.category, second.data.category) == ("M", "A")
    assert got.counts("missing.csv") == (2, 2, 0, 0)


def test_yearly_outcomes_are_dated_on_the_years_end(read: Any) -> None:
    got = read(
        episodes=[OPEN_IN_2017],
        oc2=["1,01/01/2008,17,,0,1,,1,0,1,,0", "2,01/01/2008,,SDQ3,,,,,,,,"],
        oc3=["3,01/01/2000,YES,0,Z1", "4,01/01/2000,DIED,,"],
    )
    assert got.extract.kind == "year=2018"
    scored, unscored = (e for e in got.events if e.type == "care_outcomes.recorded")
    assert scored.id == "ssda903-oc2-1-20180331-care_outcomes.recorded"
    assert scored.time.date() == date(2018, 3, 31)
    assert (scored.data.sdq_score, scored.data.convicted, scored.data.health_check) == (
        17,
        False,
        True,
    )
    assert (scored.data.immunisations, unscored.data.sdq_reason) == (None, "SDQ3")
    busy, died = (e.data for e in got.events if e.type == "care_leaver.recorded")
    assert (busy.in_touch, busy.activity, busy.accommodation) == ("YES", "0", "Z1")
    assert (died.in_touch, died.activity, died.accommodation) == ("DIED", None, None)


def test_a_given_year_end_holds_over_what_the_episodes_say(read: Any) -> None:
    got = read(date(2020, 3, 31), episodes=[OPEN_IN_2017], oc3=["1,01/01/2000,YES,F1,Z1"])
    assert got.extract.kind == "year=2020"
    assert got.only("care_leaver.recorded").time.date() == date(2020, 3, 31)


@pytest.mark.parametrize(
    ("dec", "year_end"),
    [("31/03/2019", 2019), ("01/04/2019", 2020), ("", 2018)],
)
def test_the_year_is_the_latest_that_episodes_begin_or_end_in(
    read: Any, dec: str, year_end: int
) -> None:
    assert read(episodes=[_episode("01/05/2017", dec)]).extract.kind == f"year={year_end}"


def test_a_slip_of_the_hand_does_not_move_the_year(read: Any) -> None:
    rows = [_episode("01/05/2017", "01/06/2017", child=str(child)) for child in range(100)]
    got = read(episodes=[*rows, _episode("01/05/2017", "01/06/2071", child="slip")])
    assert got.extract.kind == "year=2018"


def test_outcomes_without_a_year_are_refused_as_a_file(read: Any) -> None:
    got = read(oc2=["1,,17,,0,1,,1,0,1,,0", "2,,18,,0,1,,1,0,1,,0"])
    assert got.counts("oc2.csv") == (2, 0, 0, 2)
    (bad,) = got.bad
    assert (bad.line, bad.column) == (1, None)
    assert "give year_end" in bad.reason


def test_asylum_is_sought_from_the_first_episode_else_from_the_years_first_day(read: Any) -> None:
    got = read(
        episodes=["1,01/06/2017,P,C2,N1,U1,PR1,,,,,,", OPEN_IN_2017],
        uasc=["1,1,01/01/2005,01/01/2023", "2,1,01/01/2005,"],
    )
    known, other = (e for e in got.events if e.type == "asylum_seeking.recorded")
    assert (known.time.date(), known.data.ceases) == (date(2017, 5, 1), date(2023, 1, 1))
    assert (other.time.date(), other.data.ceases) == (date(2017, 4, 1), None)


def test_asylum_without_episode_or_year_is_refused(read: Any) -> None:
    assert "give year_end" in read(uasc=["1,1,01/01/2005,"]).bad[0].reason


def test_an_adoption_is_decided(read: Any) -> None:
    decided = read(ad1=["1,01/01/2015,05/06/2017,07/08/2017,0,2,MF,L11", "2,,05/06/2017,,,,,"])
    full, empty = decided.events
    assert full.time.date() == date(2017, 6, 5)
    assert full.data.model_dump(exclude_none=True) == {
        "matched": date(2017, 8, 7),
        "foster_carer": False,
        "adopters": 2,
        "adopter_sex": "MF",
        "adopter_legal_status": "L11",
    }
    assert empty.data.model_dump(exclude_none=True) == {}


def test_a_placement_for_adoption_starts_and_ceases(read: Any) -> None:
    got = read(placed_for_adoption=["1,,05/06/2017,07/08/2017,RD2", "2,,05/06/2017,,"])
    assert got.told() == [
        ("2017-06-05", "adoption_placement.started"),
        ("2017-06-05", "adoption_placement.started"),
        ("2017-08-07", "adoption_placement.ended"),
    ]
    assert got.only("adoption_placement.ended").data.reason == "RD2"


@pytest.mark.parametrize(
    ("arranged", "expected"),
    [
        ("04/05/2016", date(2016, 5, 4)),
        ("", None),
        ("zz/zz/zzzz", None),
        ("xx/05/2016", None),
        ("XX/XX/2016", None),
    ],
)
def test_previous_permanence_may_be_dated_in_part(read: Any, arranged: str, expected: Any) -> None:
    got = read(episodes=[OPEN_IN_2017], previous_permanence=[f"1,02/03/2010,P1,,{arranged}"])
    event = got.only("previous_permanence.recorded")
    assert (event.data.arrangement, event.data.arranged) == ("P1", expected)
    assert event.time.date() == date(2017, 5, 1)


def test_previous_permanence_without_an_episode(read: Any) -> None:
    got = read(previous_permanence=["1,02/03/2010,P1,,04/05/2016", "2,02/03/2010,P2,,"])
    assert [day for day, _ in got.told()] == ["2010-03-02", "2016-05-04"]


def test_an_arrangement_after_the_fact_is_refused_without_its_date(read: Any) -> None:
    got = read(episodes=[OPEN_IN_2017], previous_permanence=["1,02/03/2010,P1,,04/05/2017"])
    (bad,) = got.bad
    assert bad.column == "DATE_PERM"
    assert "2017" not in str(bad)


# --- rows that cannot be told ---


@pytest.mark.parametrize(
    ("file", "row", "column"),
    [
        ("reviews", "1,,31/02/2017,PN1", "REVIEW"),
        ("reviews", "1,,2017-06-05,PN1", "REVIEW"),
        ("reviews", "1,,05/06/1917,PN1", "REVIEW"),
        ("reviews", "1,,05/06/2100,PN1", "REVIEW"),
        ("reviews", "1,,,PN1", "REVIEW"),
        ("reviews", "Jo Bloggs,,05/06/2017,PN1", "CHILD"),
        ("reviews", ",,05/06/2017,PN1", "CHILD"),
        ("reviews", f"{'9' * 65},,05/06/2017,PN1", "CHILD"),
        ("reviews", "1,,05/06/2017", None),
        ("reviews", "1,,05/06/2017,PN1,PN1", None),
        ("reviews", '1,,05/06/2017,"PN1', None),
        ("header", "1,1,,WBRI,,,", "DOB"),
        ("episodes", "1,01/05/2017,S,C2,N1,U1,PR1,01/04/2017,X1,,,,", "DEC"),
        ("missing", "1,,M,05/06/2017,04/06/2017", "MIS_END"),
        ("missing", "1,,,05/06/2017,", "MISSING"),
        ("missing", "1,,X,05/06/2017,", "MISSING"),
        ("episodes", "1,,S,C2,N1,U1,PR1,,,,,,", "DECOM"),
        ("episodes", "01/05/2017,1,S,C2,N1,U1,PR1,,,,,,", "CHILD"),
        ("oc2", "1,,41,,0,1,,1,0,1,,0", "SDQ_SCORE"),
        ("oc2", "1,,high,,0,1,,1,0,1,,0", "SDQ_SCORE"),
        ("oc3", "1,,,F1,Z1", "IN_TOUCH"),
        ("oc3", "1,,MAYBE,F1,Z1", "IN_TOUCH"),
        ("uasc", "1,1,,soon", "DUC"),
        ("ad1", "1,,05/06/2017,,0,3,MF,L11", "NB_ADOPTR"),
        ("placed_for_adoption", "1,,05/06/2017,04/06/2017,RD1", "DATE_PLACED_CEASED"),
        ("previous_permanence", "1,02/03/2010,,,", "PREV_PERM"),
        ("previous_permanence", "1,02/03/2010,P1,,04/05/16", "DATE_PERM"),
    ],
)
def test_a_bad_row_is_reported_and_the_rest_goes_on(
    read: Any, file: str, row: str, column: str | None
) -> None:
    good = {
        "reviews": "2,,05/06/2017,PN1",
        "header": "2,1,02/03/2010,WBRI,,,",
        "episodes": "2,01/05/2017,S,C2,N1,U1,PR1,,,,,,",
        "missing": "2,,M,05/06/2017,",
        "oc2": "2,,40,,0,1,,1,0,1,,0",
        "oc3": "2,,YES,F1,Z1",
        "uasc": "2,1,,",
        "ad1": "2,,05/06/2017,,0,2,MF,L11",
        "placed_for_adoption": "2,,05/06/2017,,",
        "previous_permanence": "2,02/03/2010,P1,,",
    }
    got = read(date(2018, 3, 31), **{file: [row, good[file]]})
    assert got.counts(f"{file}.csv") == (2, 1, 0, 1)
    assert {event.subject for event in got.events} == {"child:2"}
    (bad,) = got.bad
    assert (bad.file, bad.line, bad.column) == (f"{file}.csv", 2, column)


@pytest.mark.parametrize(
    ("file", "row", "column"),
    [
        ("reviews", "1,,05/06/2017,PN9", "REVIEW_CODE"),
        ("header", "1,3,02/03/2010,WBRI,,,", "SEX"),
        ("header", "1,1,02/03/2010,W,,,", "ETHNIC"),
        ("episodes", "1,01/05/2017,X,C2,N1,U1,PR1,,,,,,", "RNE"),
        ("episodes", "1,01/05/2017,S,C9,N1,U1,PR1,,,,,,", "LS"),
        ("episodes", "1,01/05/2017,S,C2,N9,U1,PR1,,,,,,", "CIN"),
        ("episodes", "1,01/05/2017,S,C2,N1,U9,PR1,,,,,,", "PLACE"),
        ("episodes", "1,01/05/2017,S,C2,N1,F1,PR1,,,,,,", "PLACE"),
        ("episodes", "1,01/05/2017,S,C2,N1,U1,PR9,,,,,,", "PLACE_PROVIDER"),
        ("episodes", "1,01/05/2017,S,C2,N1,U1,PR1,01/06/2017,E99,,,,", "REC"),
        ("episodes", "1,01/05/2017,S,C2,N1,U1,PR1,,,WHIM,,,", "REASON_PLACE_CHANGE"),
        ("oc2", "1,,40,,2,1,,1,0,1,,0", "CONVICTED"),
        ("oc3", "1,,YES,F9,Z1", "ACTIV"),
        ("oc3", "1,,YES,F1,1", "ACCOM"),
        ("ad1", "1,,05/06/2017,,0,2,MX,L11", "SEX_ADOPTR"),
        ("placed_for_adoption", "1,,05/06/2017,07/08/2017,XXX", "REASON_PLACED_CEASED"),
    ],
)
def test_an_unknown_code_costs_no_row_and_is_counted(
    read: Any, file: str, row: str, column: str
) -> None:
    got = read(date(2018, 3, 31), **{file: [row]})
    assert got.counts(f"{file}.csv") == (1, 1, 0, 0)
    assert got.account[f"{file}.csv"].unknown_codes == {column: 1}
    assert {event.subject for event in got.events} == {"child:1"}


def test_a_report_repeats_no_value() -> None:
    assert str(BadRow("a.csv", 3, "DEC", "is blank")) == "a.csv, line 3, DEC: is blank"
    assert str(BadRow("a.csv", 1, None, "is empty")) == "a.csv, line 1: is empty"


def test_a_row_told_twice_is_told_once(read: Any) -> None:
    row = "1,,05/06/2017,PN1"
    got = read(reviews=[row, row, row.replace("05/06", "06/06")])
    assert got.counts("reviews.csv") == (3, 2, 1, 0)


def test_a_row_that_contradicts_an_earlier_one_is_refused(read: Any) -> None:
    got = read(reviews=["1,,05/06/2017,PN1", "1,,05/06/2017,PN2"])
    assert got.counts("reviews.csv") == (2, 1, 0, 1)
    assert (got.bad[0].line, got.bad[0].column) == (3, "REVIEW_CODE")
    assert "line 2" in got.bad[0].reason


def test_a_row_after_a_bad_one_of_the_same_identity_is_told(read: Any) -> None:
    got = read(missing=["1,,X,05/06/2017,", "1,,M,05/06/2017,"])
    assert got.counts("missing.csv") == (2, 1, 0, 1)


# --- files ---


def test_a_missing_column_spoils_its_file_and_no_other(tmp_path: Path, read: Any) -> None:
    (tmp_path / "missing.csv").write_text("CHILD,DOB,MISSING,MIS_END\n1,,M,\n2,,M,\n")
    got = read(reviews=["1,,05/06/2017,PN1"])
    assert got.bad == [BadRow("missing.csv", 1, "MIS_START", "the column is missing")]
    assert got.counts("missing.csv") == (2, 0, 0, 2)
    assert got.counts("reviews.csv") == (1, 1, 0, 0)


def test_a_file_without_its_header_repeats_no_value(tmp_path: Path) -> None:
    (tmp_path / "reviews.csv").write_text("900001,01/01/2010,05/06/2017,PN1\n")
    got = Read(read_folder(tmp_path))
    assert {bad.column for bad in got.bad} == {"CHILD", "REVIEW", "REVIEW_CODE"}
    assert "900001" not in repr(got.extract)


def test_a_column_that_stands_twice_spoils_its_file(tmp_path: Path) -> None:
    (tmp_path / "reviews.csv").write_text("CHILD,CHILD,REVIEW,REVIEW_CODE\n1,2,05/06/2017,PN1\n")
    assert Read(read_folder(tmp_path)).bad[0].column == "CHILD"


@pytest.mark.parametrize("content", ["", "\n", " ,,\n", '"\n'])
def test_a_file_without_a_header_is_bad(tmp_path: Path, content: str) -> None:
    (tmp_path / "reviews.csv").write_text(content)
    got = Read(read_folder(tmp_path))
    (bad,) = got.bad
    assert (bad.line, bad.column) == (1, None)
    assert got.counts("reviews.csv") == (0, 0, 0, 0)


def test_extra_columns_are_named_and_ignored(tmp_path: Path) -> None:
    (tmp_path / "reviews.csv").write_text(
        "IRO,child,REVIEW,review_code,seen by ms. x\nanna,1,05/06/2017,PN1,z\n"
    )
    got = Read(read_folder(tmp_path))
    assert got.account["reviews.csv"].extra_columns == ("IRO", "(a name that is not repeated here)")
    assert b"anna" not in write_event(got.events[0])


def test_lines_that_say_nothing_are_no_rows(tmp_path: Path) -> None:
    (tmp_path / "reviews.csv").write_bytes(
        b"CHILD,REVIEW,REVIEW_CODE\r\n\r\n1,05/06/2017,PN1\r\n,,\r\n2,35/06/2017,PN1\r\n"
    )
    got = Read(read_folder(tmp_path))
    assert got.counts("reviews.csv") == (2, 1, 0, 1)
    assert got.bad[0].line == 5


def test_an_open_quotation_mark_spoils_its_own_line_only(read: Any) -> None:
    got = read(reviews=['1,"01/01/2010,05/06/2017,PN1', '"2",,"05/06/2017","PN1"'])
    assert got.counts("reviews.csv") == (2, 1, 0, 1)
    assert got.events[0].subject == "child:2"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    text = "CHILD,REVIEW,REVIEW_CODE,NOTE\n1,05/06/2017,PN1,café\n"
    (tmp_path / "Reviews.CSV").write_bytes(text.encode(encoding))
    got = Read(read_folder(tmp_path))
    assert got.counts("Reviews.CSV") == (1, 1, 0, 0)


def test_bytes_of_no_encoding_spoil_their_row_only(tmp_path: Path) -> None:
    (tmp_path / "reviews.csv").write_bytes(
        b"CHILD,REVIEW,REVIEW_CODE\n\x81\x00\xff,05/06/2017,PN1\n1,05/06/2017,PN1\n"
    )
    assert Read(read_folder(tmp_path)).counts("reviews.csv") == (2, 1, 0, 1)


def test_files_unknown_and_missing_are_named(tmp_path: Path, read: Any) -> None:
    (tmp_path / "schools.csv").write_text("CHILD,URN,UPN\n1,2,3\n")
    (tmp_path / "notes.txt").write_text("hello")
    (tmp_path / "folder.csv").mkdir()
    unknown, missing, _ = read(reviews=["1,,05/06/2017,PN1"]).extract.notes
    assert unknown == "not read, for it is no file of the return: notes.txt, schools.csv"
    others = [f"{name}.csv" for name in (*HEADERS, "dolo") if name != "reviews"]
    assert missing == f"missing: {', '.join(others)}"


def test_a_folder_without_a_return_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ExtractError, match=r"is not there; give a folder that holds header\.csv"):
        read_folder(tmp_path / "nowhere")
    with pytest.raises(ExtractError, match="holds none of the files"):
        read_folder(tmp_path)


def test_a_file_there_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "reviews.csv").write_text("")
    (tmp_path / "REVIEWS.csv").write_text("")
    if len(list(tmp_path.iterdir())) == 1:
        pytest.skip("this file system does not tell small letters from capitals")
    with pytest.raises(ExtractError, match="leave the one that is meant"):
        read_folder(tmp_path)


@pytest.mark.parametrize("day", [date(2018, 4, 1), date(2018, 3, 30), date(1900, 3, 31)])
def test_a_year_end_that_is_none_is_refused(tmp_path: Path, day: date) -> None:
    with pytest.raises(ExtractError, match="31 March"):
        read_folder(tmp_path, year_end=day)


# --- any return at all ---

_DAYS = st.sampled_from(["01/05/2017", "02/05/2017", "03/05/2017", "04/05/2017", "", "99/99/2017"])
_EPISODES = st.lists(
    st.tuples(
        st.sampled_from(["1", "2", "leak me"]),
        _DAYS,
        st.sampled_from(["S", "P", "L", "B"]),
        st.sampled_from(["C2", "V2", "leak"]),
        st.just("N1"),
        st.just("U1"),
        st.just("PR1"),
        _DAYS,
        st.sampled_from(["X1", "", "E8"]),
        st.sampled_from(["", "ALLEG"]),
        st.just(""),
        st.just(""),
        st.just(""),
    ).map(",".join),
    max_size=8,
)


@settings(max_examples=200, deadline=None)
@given(rows=_EPISODES)
def test_any_episodes_are_accounted_for_and_a_child_is_in_care_while_one_lasts(
    rows: list[str],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "episodes.csv"
        path.write_text("\n".join([HEADERS["episodes"], *rows]))
        got, again = Read(read_folder(Path(folder))), Read(read_folder(Path(folder)))
    assert got.counts("episodes.csv")[0] == len(rows)
    assert got.account["episodes.csv"].facts == len(got.events)
    assert "leak" not in repr(got.extract)
    assert len({event.id for event in got.events}) == len(got.events)
    assert list(map(write_event, got.events)) == list(map(write_event, again.events))
    bad = {row.line for row in got.bad}
    all_read = not got.bad
    for child in ("1", "2"):
        spells = [
            (_day(fields[1]), _day(fields[7]) if fields[7] else None)
            for line, fields in enumerate((row.split(",") for row in rows), start=2)
            if line not in bad and fields[0] == child
        ]
        last = max((begins for begins, _ in spells), default=None)
        if any(ends is None and begins != last for begins, ends in spells):
            continue  # an end was forgotten, and is made up
        told = got.view(child).records(care_periods)
        for day in range(1, 6):
            here = date(2017, 5, day)
            plainly = any(
                begins <= here and (ends is None or here <= ends) for begins, ends in spells
            )
            covered = any(each.covers(here) for each in told)
            # what could not be read may be what an episode was followed by
            assert covered == plainly or (covered and not all_read), (child, here)


def _day(text: str) -> date:
    return datetime.strptime(text, "%d/%m/%Y").replace(tzinfo=UTC).date()


# --- the sample ---


@pytest.fixture(scope="module")
def sample() -> Read:
    if not SAMPLE.exists():
        pytest.skip(f"the sample return is not laid beside the project: {SAMPLE}")
    return Read(read_folder(SAMPLE))


def test_every_row_of_the_sample_is_accounted_for(sample: Read) -> None:
    unknown, missing = sample.extract.notes[:2]
    assert unknown == "not read, for it is no file of the return: README.md"
    assert missing == "missing: sw_episodes.csv, dolo.csv"
    for path in SAMPLE.glob("*.csv"):
        lines = path.read_text(encoding="utf-8").splitlines()
        assert sample.counts(path.name)[0] == len(lines) - 1
        assert sample.account[path.name].extra_columns == ()
    assert sum(each.facts for each in sample.extract.accounts) == len(sample.events)


def test_the_sample_gives_the_same_bytes_twice_and_can_be_read_back(sample: Read) -> None:
    told = [write_event(event) for event in sample.events]
    assert told == [write_event(event) for event in Read(read_folder(SAMPLE)).events]
    assert len({event.id for event in sample.events}) == len(sample.events)
    assert all(read_event(value) == event for value, event in zip(told, sample.events, strict=True))


def test_what_is_wrong_with_the_sample(sample: Read) -> None:
    assert sample.extract.kind == "year=2018"
    wrong = {(bad.file, bad.column) for bad in sample.bad}
    assert wrong == {("reviews.csv", "REVIEW_CODE")}  # two of a child on one day that disagree
    unknown = {name: account.unknown_codes for name, account in sample.account.items()}
    assert unknown["placed_for_adoption.csv"] == {"REASON_PLACED_CEASED": 29}  # XXX
    assert sum(unknown.values(), Counter()).total() == 29


def _children_with_an_open_episode(folder: Path, day: date) -> set[str]:
    """Counted plainly: begun before a day, and not ended before it."""
    with (folder / "episodes.csv").open(encoding="utf-8") as file:
        return {
            row["CHILD"]
            for row in csv.DictReader(file)
            if _day(row["DECOM"]) < day and (not row["DEC"] or _day(row["DEC"]) >= day)
        }


def test_in_care_at_the_years_end_is_whoever_has_an_open_episode(sample: Read) -> None:
    at = datetime(2018, 4, 1, tzinfo=UTC)
    catalogue, cases = catalogue_for(load_profile()), dict[str, Case]()
    for event in sample.events:
        cases.setdefault(event.subject, Case(event.subject)).add(Fact.of(event))
    found = set()
    for subject, case in cases.items():
        view = catalogue.view(case, at)
        view.begin()
        if any(period.ended is None for period in view.records(care_periods)):
            found.add(subject.removeprefix("child:"))
    assert found == _children_with_an_open_episode(SAMPLE, date(2018, 4, 1))
    assert len(found) == 1419


def test_what_the_measures_say_of_the_sample(sample: Read) -> None:
    """Counted plainly by others, without the seven who died."""
    at, catalogue = datetime(2018, 4, 1, tzinfo=UTC), catalogue_for(load_profile())
    figures = Figures(evaluate(map(Fact.of, sample.events), catalogue, at), catalogue, at)

    def of_county(measure: str) -> int:
        period = figures.current(catalogue.measures[measure])
        return figures.figure(measure, period, COUNTY).numerator

    assert (of_county("children_in_care"), of_county("cic_section20")) == (1194, 105)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_return_may_be_saved_in_any_encoding_with_a_mark(tmp_path: Path, encoding: str) -> None:
    rows = {"header": "1,1,01/05/2010,WBRI,A123456789012,,", "episodes": OPEN_IN_2017}
    told = []
    for saved_as in ("utf-8", encoding):
        for name, row in rows.items():
            text = f"{HEADERS[name]}\n{row}\n"
            (tmp_path / f"{name}.csv").write_text(text, encoding=saved_as)
        told.append([each.id for each in read_folder(tmp_path).says])
    assert told[0] == told[1] != []
