"""Census returns one after another: a later copy of the same year's, and the next year's."""

import tempfile
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casepulse.schemas.envelope import Event
from casepulse.schemas.profile import load_profile
from casepulse.state import Case, Fact, Figures, catalogue_for, evaluate
from casepulse.state.viewing import cell_view
from casepulse.streams.sources.cin_census import read
from casepulse.streams.sources.difference import Changes, difference
from casepulse.streams.sources.extract import Extract, ExtractError, Request
from casepulse.streams.sources.told import Told, digest_of, told_by
from tests.unit.census import (
    assessment,
    child,
    enquiry,
    episode,
    message,
    plan,
    protection,
    tag,
)

CATALOGUE = catalogue_for(load_profile().model_copy(update={"sources": ["cin-census"]}))

AT = datetime(2026, 4, 1, tzinfo=UTC)


class Returns:
    """Returns that are told one after another."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.told = Told()
        self.events: list[Event[Any]] = []
        self.taken = datetime(2026, 7, 1, tzinfo=UTC)

    def extract(self, *children: str, year: int = 2026, **given: Any) -> Extract:
        self.taken += timedelta(days=1)
        path = self.folder / "cin.xml"
        path.write_text(message(*children, year=f"{year}", reference=f"{year}-03-31"))
        return read(Request(str(path), self.taken, **given))

    def tell(self, *children: str, **given: Any) -> Changes:
        changes = difference(self.told, self.extract(*children, **given))
        self.events += changes.events()
        self.told = changes.after
        assert told_by("cin-census", self.events).records == self.told.records
        return changes

    def holding(self) -> dict[tuple[str, str], tuple[datetime, bytes]]:
        return holding(self.events)


def holding(events: Iterable[Event[Any]]) -> dict[tuple[str, str], tuple[datetime, bytes]]:
    """What holds after all corrections."""
    cases: dict[str, Case] = {}
    for event in events:
        cases.setdefault(event.subject, Case(event.subject)).add(Fact.of(event))
    return {
        (fact.subject, fact.id): (fact.time, digest_of(fact.data))
        for case in cases.values()
        for kind in {each.type for each in case.told()}
        for fact in case.standing(kind)
    }


def figures(events: Iterable[Event[Any]], at: datetime = AT) -> list[str]:
    """Every cell, in bytes."""
    tally = evaluate(map(Fact.of, events), CATALOGUE, at)
    return [cell_view(cell).model_dump_json() for cell in Figures(tally, CATALOGUE, at).cells()]


def words(changes: Changes) -> list[tuple[str, str]]:
    return [(each.word, each.place.id.removeprefix("cin-census-")) for each in changes.changes]


@pytest.fixture
def returns(tmp_path: Path) -> Returns:
    return Returns(tmp_path)


# --- which year it is ---


@pytest.mark.parametrize(
    ("year", "reference", "kind", "noted"),
    [
        ("2026", "2026-03-31", "year=2026", None),
        ("2023", "2024-03-31", "year=2024", "the Header's Year says 2023"),
        ("2026", "", "year=2026", None),
        ("", "2026-03-31", "year=2026", None),
        ("2026", "2026-07-01", "year=2026", None),
        ("26", "31/03/2026", "year=2026", None),
        ("next", "soon", "full", "the Header does not say: nothing is withdrawn"),
        ("1066", "", "full", "the Header does not say: nothing is withdrawn"),
    ],
)
def test_the_header_says_which_year_it_is(
    tmp_path: Path, year: str, reference: str, kind: str, noted: str | None
) -> None:
    path = tmp_path / "cin.xml"
    path.write_text(message(child(), year=year, reference=reference))
    extract = read(Request(str(path), AT))
    assert list(extract.says)
    assert extract.kind == kind
    assert bool(extract.windows) == (kind != "full")
    notes = " ".join(extract.notes)
    assert noted in notes if noted else "says" not in notes


def test_the_year_that_is_given_holds(returns: Returns) -> None:
    extract = returns.extract(child(), year=2026, year_end=date(2025, 3, 31))
    assert len(list(extract.says)) == 1
    assert extract.kind == "year=2025"
    assert extract.notes[1].startswith(
        "the Header's ReferenceDate says 2026 and its Year says 2026"
    )
    window = extract.windows["referral.started"]
    assert (window.since, window.until) == (date(2024, 4, 1), date(2025, 4, 1))
    with pytest.raises(ExtractError, match="ends on 31 March"):
        returns.extract(child(), year_end=date(2025, 3, 30))


# --- a later copy of the same year's ---


def test_a_corrected_date_of_authorisation_is_amended(returns: Returns) -> None:
    returns.tell(child(episode("2025-05-01", assessment("2025-05-02", "2025-06-02"))))
    changes = returns.tell(child(episode("2025-05-01", assessment("2025-05-02", "2025-06-01"))))
    assert words(changes) == [("amended", "assessment-1-20250502-assessment.authorised")]


def test_what_is_missing_is_withdrawn(returns: Returns) -> None:
    returns.tell(
        child(
            episode(
                "2023-05-01",
                assessment("2025-05-02", "2025-06-02"),
                plan("2023-06-01"),
                enquiry("2025-07-01", "2025-07-10"),
                protection("2025-07-10", "", "2025-10-10"),
                closed="2025-12-01",
            )
        ),
        child(episode("2025-05-01"), key="2"),
    )
    changes = returns.tell(child(episode("2023-05-01")))
    assert {word for word, _ in words(changes)} == {"voided"}
    assert sorted(name.rpartition("-")[2] for _, name in words(changes)) == [
        "assessment.authorised",
        "assessment.started",
        "child.registered",
        "child_in_need_plan.started",
        "conference.held",
        "conference.held",
        "protection_plan.reviewed",
        "protection_plan.started",
        "referral.closed",
        "referral.started",
        "s47_enquiry.started",
        "strategy_discussion.held",
    ]
    assert len(changes) == 12


def test_what_comes_back_counts_again(returns: Returns) -> None:
    whole = child(episode("2025-05-01", enquiry("2025-05-02")))
    returns.tell(whole)
    before = returns.holding()
    returns.tell(child(episode("2025-05-01")))
    assert {word for word, _ in words(returns.tell(whole))} == {"returned"}
    assert returns.holding() == before


def test_the_unborn_is_born(returns: Returns) -> None:
    returns.tell(child(episode("2026-01-01"), born="", ExpectedPersonBirthDate="2026-08-01"))
    changes = returns.tell(child(episode("2026-01-01"), born="2026-07-01"))
    assert words(changes) == [("amended", "child-1-child.registered")]
    (event,) = changes.events()
    assert event.data.replacement.data.born == date(2026, 7, 1)
    assert event.data.replacement.data.expected is None


def test_nothing_is_withdrawn_of_a_child_of_whom_something_could_not_be_read(
    returns: Returns,
) -> None:
    returns.tell(child(episode("2025-05-01", enquiry("2025-05-02"), plan("2025-05-03"))))
    changes = returns.tell(child(episode("2025-05-01", enquiry("in May"))))
    assert words(changes) == []


def test_nothing_is_withdrawn_of_a_kind_of_which_somebodys_row_is_not_known(
    returns: Returns,
) -> None:
    returns.tell(child(episode("2025-05-01", enquiry("2025-05-02"), plan("2025-05-03"))))
    changes = returns.tell(
        child(episode("2025-05-01")), child(episode("2025-05-01", enquiry("2025-05-02")), key="")
    )
    assert words(changes) == [("voided", "plan-1-20250503-child_in_need_plan.started")]


# --- the next year's ---


def test_what_ended_in_the_year_before_is_not_gone(returns: Returns) -> None:
    returns.tell(
        child(
            episode(
                "2024-05-01",
                assessment("2024-05-02", "2024-06-02"),
                enquiry("2025-02-01", "2025-02-10"),
                protection("2025-02-10", "2025-03-10", "2025-03-01"),
            )
        ),
        child(episode("2024-06-01", plan("2024-07-01"), closed="2025-03-31"), key="2"),
        year=2025,
    )
    changes = returns.tell(child(episode("2024-05-01", closed="2025-09-01")), year=2026)
    # of the second child the plan was left open, though its episode was closed
    assert words(changes) == [
        ("new", "referral-1-20240501-referral.closed"),
        ("voided", "plan-2-20240701-child_in_need_plan.started"),
    ]
    assert changes.by_type["child.registered"].left == 1


def test_an_episode_that_was_open_must_be_in_the_next_years(returns: Returns) -> None:
    returns.tell(child(episode("2024-05-01")), year=2025)
    changes = returns.tell(child(key="2"), year=2026)
    assert ("voided", "referral-1-20240501-referral.started") in words(changes)


def test_an_end_that_is_told_late_is_taken(returns: Returns) -> None:
    """By rights it would not stand in the next year's return."""
    returns.tell(child(episode("2024-05-01")), year=2025)
    changes = returns.tell(child(episode("2024-05-01", closed="2025-03-20")), year=2026)
    assert words(changes) == [("new", "referral-1-20240501-referral.closed")]


def test_proceedings_that_began_before_stay_as_they_were_told(returns: Returns) -> None:
    block = tag("PreProceedingsandFGDM", PPStartDate="2024-10-01")
    returns.tell(child(episode("2024-05-01", block)), year=2025)
    assert words(returns.tell(child(episode("2024-05-01")), year=2026)) == []


# --- whatever two returns say ---

DAYS = [date(2025, 4, 1) + timedelta(days=each) for each in (0, 1, 9, 40, 100, 200, 364)]


@st.composite
def _spell(draw: st.DrawFn) -> tuple[str, str]:
    first, last = sorted(draw(st.tuples(st.sampled_from(DAYS), st.sampled_from(DAYS))))
    return f"{first}", draw(st.sampled_from(["", f"{last}"]))


@st.composite
def _episode(draw: st.DrawFn) -> str:
    def some(of: st.SearchStrategy[tuple[str, str]]) -> list[tuple[str, str]]:
        return draw(st.lists(of, max_size=2, unique_by=lambda each: each[0]))

    began, closed = draw(_spell())
    reviews = [f"{each}" for each in draw(st.sets(st.sampled_from(DAYS), max_size=2))]
    rows = [assessment(*each) for each in some(_spell())]
    rows += [plan(*each) for each in some(_spell())]
    rows += [enquiry(*each) for each in some(_spell())]
    rows += [
        protection(*each, *(day for day in reviews if day >= each[0])) for each in some(_spell())
    ]
    nfa = draw(st.sampled_from(["0", "1"]))
    return episode(
        began, *draw(st.permutations(rows)), closed=closed, source=draw(_SOURCES), ReferralNFA=nfa
    )


_SOURCES = st.sampled_from(["1A", "5B", "10"])


@st.composite
def _children(draw: st.DrawFn) -> list[str]:
    keys = draw(st.sets(st.sampled_from("1234"), max_size=3))
    return [
        child(
            *draw(st.lists(_episode(), min_size=1, max_size=2)),
            key=key,
            sex=draw(st.sampled_from("MFU")),
            born=draw(st.sampled_from(["2015-05-04", "2015-05-05"])),
        )
        for key in sorted(keys)
    ]


def _one_after_another(given: Iterable[Iterable[str]], years: Iterable[int]) -> Returns:
    with tempfile.TemporaryDirectory() as folder:
        returns = Returns(Path(folder))
        for children, year in zip(given, years, strict=True):
            returns.tell(*children, year=year)
    return returns


def _is_whole(children: list[str]) -> bool:
    """Whether every row can be told: two of one child on one day may not agree."""
    with tempfile.TemporaryDirectory() as folder:
        extract = Returns(Path(folder)).extract(*children)
        list(extract.says)
    return not extract.doubtful


@settings(max_examples=30, deadline=None, derandomize=True)
@given(_children(), _children().filter(_is_whole))
def test_a_return_and_a_later_copy_are_the_later_one(first: list[str], second: list[str]) -> None:
    both = _one_after_another([first, second], [2026, 2026])
    afresh = _one_after_another([second], [2026])
    assert both.holding() == afresh.holding()
    assert figures(both.events) == figures(afresh.events)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(_children().filter(_is_whole), _children().filter(_is_whole))
def test_the_next_years_return_holds_beside_what_had_ended(
    first: list[str], second: list[str]
) -> None:
    """All of the first lies in its year; what was closed in it stays."""
    earlier = [_a_year_earlier(each) for each in first]
    both = _one_after_another([earlier, second], [2025, 2026]).holding()
    before = _one_after_another([earlier], [2025]).holding()
    afresh = _one_after_another([second], [2026]).holding()
    closing = {
        "referral.started": "referral.closed",
        "assessment.started": "assessment.authorised",
        "child_in_need_plan.started": "child_in_need_plan.ended",
        "protection_plan.started": "protection_plan.ended",
    }

    def has_left(subject: str, name: str) -> bool:
        kind = name.rpartition("-")[2]
        return kind not in closing or (subject, name.removesuffix(kind) + closing[kind]) in before

    stays = {place: each for place, each in before.items() if has_left(*place)}
    registered = {place for place in before if place[1].endswith("child.registered")}
    left = {subject for subject, name in {**stays, **afresh} if "child.registered" not in name}
    expected = {**stays, **afresh}
    for place in registered - afresh.keys():
        lost = {subject for subject, name in before.keys() - stays.keys()}
        if place[0] in lost and place[0] not in left:
            del expected[place]  # all that was told of the child is gone, and it with that
    assert both == expected


def _a_year_earlier(text: str) -> str:
    for day in DAYS:
        text = text.replace(f">{day}<", f">{day - timedelta(days=365)}<")
    return text


@settings(max_examples=20, deadline=None, derandomize=True)
@given(_children().filter(_is_whole), st.randoms(use_true_random=False))
def test_the_same_rows_twice_and_in_another_order_say_the_same(
    children: list[str], random: Any
) -> None:
    twice = children + children
    random.shuffle(twice)
    once = _one_after_another([children], [2026])
    again = _one_after_another([twice], [2026])
    assert again.events == once.events
