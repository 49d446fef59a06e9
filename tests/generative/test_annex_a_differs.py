"""Whatever two Annex A workbooks in a row say: what holds is what the second one says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from casepulse.streams.sources.difference import difference
from casepulse.streams.sources.extract import Extract
from casepulse.streams.sources.told import Place, Told
from tests.annex_a import TAKEN, extract_of, row, workbook
from tests.generative.test_extracts_differ import _figures as figures

NEXT = TAKEN + timedelta(days=30)

#: Each example is two or three workbooks: a few are enough.
FEW = settings(max_examples=max(12, settings().max_examples // 8), deadline=None)

Holding = dict[Place, tuple[str, datetime, bytes]]


def _day(text: str, days: int) -> date:
    return date.fromisoformat(text) + timedelta(days=days)


@dataclass(frozen=True)
class Child:
    """What the lists say of one child. Days are counted from those of `_lists`."""

    contact: int | None
    referral: int | None
    closed: int | None
    assessed: int | None
    authorised: int | None
    enquiry: int | None
    conference: int | None
    plan: int | None
    ended: int | None
    category: str
    seen: int | None = None


def _children(**more: st.SearchStrategy[Any]) -> st.SearchStrategy[Child]:
    """Days lie so near each other that another one is a correction, and nothing newer."""
    day = st.none() | st.integers(0, 12)
    fields = [each for each in Child.__dataclass_fields__ if each not in ("category", "seen")]
    category = st.sampled_from(["b) Physical abuse", "1d Neglect"])
    return st.builds(Child, **dict.fromkeys(fields, day), category=category, **more)


def _lists(children: Mapping[int, Child]) -> dict[int, list[dict[str, Any]]]:
    lists: dict[int, list[dict[str, Any]]] = {each: [] for each in (1, 3, 4, 5, 6, 7)}
    #: whom no list lacks: none is empty, and so of no account
    children = {400000: Child(1, 1, None, 1, None, 1, 1, 1, None, "NEG"), **children}
    for key, child in children.items():

        def add(number: int, key: int = key, **said: tuple[str, int | None] | str) -> None:
            columns = {
                name: value if isinstance(value, str) else _day(*value)  # type: ignore[arg-type]
                for name, value in said.items()
                if isinstance(value, str) or value[1] is not None
            }
            lists[number].append(row(key, **columns))

        if child.contact is not None:
            add(1, Date_of_Contact=("2026-06-01", child.contact), Contact_Source="q) 6: Police")
        if child.referral is not None:
            add(3, Date_of_referral=("2026-05-01", child.referral), Referral_Source="1A: x")
            add(
                6,
                CIN_Start_Date=("2026-05-01", child.referral),
                CIN_Closure=("2026-06-10", child.closed),
                Date_Child_Was=("2026-06-01", child.seen),
            )
        if child.assessed is not None:
            add(
                4,
                Continuous_Assessment_Start_Date=("2026-05-10", child.assessed),
                Continuous_Assessment_Date=("2026-06-01", child.authorised),
            )
        if child.enquiry is not None:
            add(
                5,
                Strategy_discussion=("2026-05-05", child.enquiry),
                Date_of_Initial=("2026-05-20", child.conference),
            )
        if child.plan is not None:
            add(
                7,
                Child_Protection_Plan_Start_Date=("2026-05-20", child.plan),
                Latest_Category=child.category,
                Child_Protection_Plan_End=("2026-06-15", child.ended),
                Date_of_the_Last=("2026-06-01", child.seen),
            )
    return lists


KEYS = st.dictionaries(st.integers(400001, 400005), _children(), max_size=4)


def _read(lists: Mapping[int, list[dict[str, Any]]], taken: datetime, template: bool) -> Extract:
    with TemporaryDirectory() as folder:
        return extract_of(workbook(Path(folder) / "a.xlsx", lists, template=template), taken)


def _holding(told: Told) -> Holding:
    return {
        place: (record.type, record.time, record.digest)
        for place, record in told.records.items()
        if record.holds
    }


@FEW
@given(KEYS, KEYS)
def test_within_the_windows_it_is_what_the_second_one_says(
    first: dict[int, Child], second: dict[int, Child]
) -> None:
    before = difference(Told(), _read(_lists(first), TAKEN, template=True))
    # of most children nothing has changed
    second = {**first, **second} if len(second) < 3 else second
    extract = _read(_lists(second), NEXT, template=False)
    changes, afresh = difference(before.after, extract), difference(Told(), extract)
    assert _holding(changes.after) == _holding(afresh.after)
    events = [*before.events(), *changes.events()]
    at = NEXT + timedelta(days=1)
    assert [*figures(events, at)] == [*figures(afresh.events(), at)]
    assert not difference(changes.after, extract).changes


SEEN = st.dictionaries(
    st.integers(400001, 400005), _children(seen=st.none() | st.integers(0, 12)), max_size=4
)


@FEW
@given(SEEN, SEEN, st.randoms(use_true_random=False))
def test_what_was_seen_last_stays_and_the_order_of_rows_does_not_matter(
    first: dict[int, Child], second: dict[int, Child], random: Random
) -> None:
    told = difference(Told(), _read(_lists(first), TAKEN, template=True)).after
    lists = _lists(second)
    changes = difference(told, _read(lists, NEXT, template=False))
    said = _holding(difference(Told(), _read(lists, NEXT, template=False)).after)
    holds = _holding(changes.after)
    assert {place: each for place, each in holds.items() if place in said} == said
    assert {holds[place][0] for place in holds.keys() - said.keys()} <= {
        "visit.recorded", "child.registered",
    }  # fmt: skip
    for place in holds.keys() - said.keys():
        if holds[place][0] == "visit.recorded":
            series = place.id.removesuffix("visit.recorded")[:-9]
            later = [
                each[1]
                for other, each in said.items()
                if other.id.startswith(series) and other.subject == place.subject
            ]
            assert all(holds[place][1] < each for each in later)
    for rows in lists.values():
        rows.extend(random.sample(rows, len(rows) // 2))
        random.shuffle(rows)
    again = difference(changes.after, _read(lists, NEXT + timedelta(days=1), template=True))
    assert not again.changes
