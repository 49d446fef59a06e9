"""Payloads that follow one another: of all children, and of those that changed."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from casepulse.streams.sources.difference import Changes, Word, difference
from casepulse.streams.sources.guard import check
from tests.dfe_payloads import Json, Payloads, child, episode, of

NEED_PLANS = [
    {"child_in_need_plan_id": f"n{number}", "start_date": "2026-05-04"} for number in (1, 2)
]
QUESTIONNAIRES = [{"date": "2026-05-30", "score": 12}, {"date": "2025-05-30", "score": 14}]
WHOLE = of(
    episode("e1", child_in_need_plans=NEED_PLANS),
    episode("e2", adoption={"initial_decision_date": "2026-06-01", "placed_date": "2026-06-02"}),
    health_and_wellbeing={"sdq_assessments": QUESTIONNAIRES},
)


@pytest.fixture
def payloads(tmp_path: Path) -> Payloads:
    found = Payloads(tmp_path)
    found.tell(WHOLE, of(episode(), key="2"))
    return found


def voided(changes: Changes) -> set[str]:
    """What is withdrawn, without the source and the child."""
    return {
        change.place.id.split("-", 4)[-1]
        for change in changes.changes
        if change.word is Word.VOIDED
    }


def test_the_same_again_says_nothing(payloads: Payloads) -> None:
    assert len(payloads.tell(of(episode(), key="2"), WHOLE)) == 0
    assert len(payloads.delta(WHOLE)) == 0


def test_a_child_who_is_not_there_is_not_gone(payloads: Payloads) -> None:
    assert len(payloads.tell(WHOLE)) == 0
    assert len(payloads.delta()) == 0


@pytest.mark.parametrize("name", ["all", "delta"])
def test_a_purged_child_is_gone(payloads: Payloads, name: str) -> None:
    held = sum(place.subject == "child:1" for place in payloads.told.records)
    purged = payloads.tell({"la_child_id": "1", "purge": True}, name=name)
    assert [change.word for change in purged.changes] == [Word.VOIDED] * held
    check(payloads.delta({"la_child_id": "2", "purge": True}))
    back = payloads.delta(WHOLE)
    assert [change.word for change in back.changes] == [Word.RETURNED] * held


@pytest.mark.parametrize("whole", [True, False])
def test_a_purged_record_is_gone(tmp_path: Path, whole: bool) -> None:
    payloads = Payloads(tmp_path, whole_children=whole)
    payloads.tell(WHOLE)
    purged = {"child_in_need_plan_id": "n1", "purge": True}
    changes = payloads.delta(of(episode("e1", child_in_need_plans=[purged, NEED_PLANS[1]])))
    gone = {"n1-child_in_need_plan.started"}
    assert voided(changes) == gone | ({"e2-referral.started"} if whole else set())
    check(changes)


def test_what_is_purged_is_gone_out_of_any_window(payloads: Payloads) -> None:
    old = episode(
        "e1",
        referral_date="2019-01-01",
        closure_date="2019-03-01",
        child_protection_plans=[
            {
                "child_protection_plan_id": "p-1",
                "start_date": "2019-01-01",
                "end_date": "2019-02-01",
            }
        ],
    )
    payloads.tell(of(old, key="3"))
    assert len(payloads.tell(of(key="3"))) == 0, "it left the window"
    assert voided(payloads.delta(of({"social_care_episode_id": "e1", "purge": True}, key="3"))) == {
        "e1-referral.started",
        "e1-referral.closed",
    }
    gone = {"child_protection_plan_id": "p-1", "purge": True}
    assert voided(payloads.delta(of(episode("e3", child_protection_plans=[gone]), key="3"))) == {
        "p-1-protection_plan.started",
        "p-1-protection_plan.ended",
    }


def test_a_purged_episode_takes_what_it_holds_with_it(payloads: Payloads) -> None:
    purged = {"social_care_episode_id": "e1", "purge": True}
    changes = payloads.delta(of(purged, episode("e2", adoption={"placed_date": "2026-06-02"})))
    assert voided(changes) == {
        "e1-referral.started",
        "n1-child_in_need_plan.started",
        "n2-child_in_need_plan.started",
        "adoption.decided",
    }
    last = payloads.delta(of({"social_care_episode_id": "e2", "purge": True}))
    assert voided(last) == {"e2-referral.started", "adoption_placement.started"}


@pytest.mark.parametrize(
    ("part", "gone"),
    [
        (
            {"health_and_wellbeing": {"purge": True}},
            {
                "20260530-strengths_difficulties.completed",
                "20250530-strengths_difficulties.completed",
            },
        ),
        ({"child_details": {"purge": True}}, {"child.registered"}),
        (
            {"social_care_episodes": [episode("e1", child_in_need_plans=NEED_PLANS),
                                      episode("e2", adoption={"purge": True})]},
            {"adoption.decided", "adoption_placement.started"},
        ),
    ],
)  # fmt: skip
def test_a_purged_part_is_gone(payloads: Payloads, part: Json, gone: set[str]) -> None:
    assert voided(payloads.delta({"la_child_id": "1", **part})) == gone


def test_what_is_missing_of_a_list_that_is_there_is_gone(payloads: Payloads) -> None:
    fewer = of(
        episode("e1", child_in_need_plans=NEED_PLANS[:1]),
        episode("e2"),
        health_and_wellbeing={"sdq_assessments": QUESTIONNAIRES[:1]},
    )
    assert voided(payloads.delta(fewer)) == {
        "n2-child_in_need_plan.started",
        "20250530-strengths_difficulties.completed",
    }


def test_a_list_that_is_left_out_says_nothing(payloads: Payloads) -> None:
    bare = {"social_care_episode_id": "e1", "referral_date": "2026-05-01", "referral_source": "1A"}
    assert len(payloads.delta(of(bare, episode("e2")))) == 0
    assert len(payloads.delta(child())) == 0
    assert len(payloads.delta({"la_child_id": "1"})) == 0


def test_of_a_sender_of_parts_what_is_purged_is_gone_and_no_more(tmp_path: Path) -> None:
    payloads = Payloads(tmp_path, whole_children=False)
    payloads.tell(WHOLE)
    assert len(payloads.delta(of(episode("e1")))) == 0
    assert voided(payloads.tell(of(episode("e1")))) >= {"e2-referral.started"}, "all are whole"


def test_the_profile_says_that_it_is_of_changes(tmp_path: Path) -> None:
    payloads = Payloads(tmp_path, changes_alone=True)
    assert payloads.read(WHOLE).extract.kind == "delta"


def test_an_end_that_is_gone_is_withdrawn(payloads: Payloads) -> None:
    closed = of(episode(closure_date="2026-06-01"), key="2")
    assert len(payloads.delta(closed)) == 1
    assert voided(payloads.delta(of(episode(), key="2"))) == {"e1-referral.closed"}


def test_nothing_is_gone_of_a_child_with_a_bad_element(payloads: Payloads) -> None:
    said = of(episode("e1", child_in_need_plans=[{"child_in_need_plan_id": "n1"}]))
    assert len(payloads.delta(said)) == 0


def test_nothing_is_gone_of_half_a_file_but_what_is_purged(payloads: Payloads) -> None:
    path = payloads.write([of(episode("e2"))])
    with path.open("a") as file:
        file.write(json.dumps({"la_child_id": "2", "purge": True}) + "\n")
        file.write(json.dumps(WHOLE)[:99])
    extract = payloads.extract(path)
    changes = difference(payloads.told, extract)
    assert {change.place.subject for change in changes.changes} == {"child:2"}


def test_the_latest_contact_is_a_series(payloads: Payloads) -> None:
    def then(day: str, activity: str = "F4") -> list[tuple[str, str]]:
        leaver = {"contact_date": day, "activity": activity}
        changes = payloads.delta(of(episode(care_leavers=leaver), key="2"))
        return [(change.word, change.place.id.split("-", 4)[-1]) for change in changes.changes]

    may, june = "20260501-care_leaver.", "20260601-care_leaver."
    assert then("2026-05-01") == [(Word.NEW, may + "contacted"), (Word.NEW, may + "recorded")]
    assert then("2026-06-01") == [(Word.NEW, june + "contacted"), (Word.NEW, june + "recorded")]
    assert then("2026-06-01", "G5") == [(Word.AMENDED, june + "recorded")]
    assert then("2026-05-01") == [
        (Word.VOIDED, june + "contacted"),
        (Word.VOIDED, june + "recorded"),
    ]


def test_an_unborn_child_is_born(payloads: Payloads) -> None:
    unborn = child("3", child_details={"expected_date_of_birth": "2026-09-01"})
    payloads.delta(unborn)
    assert len(payloads.delta(unborn)) == 0, "it is as it was when it was first told"
    born = child("3", child_details={"date_of_birth": "2026-06-30"})
    payloads.taken += timedelta(days=3)
    (change,) = payloads.delta(born).changes
    assert change.word is Word.AMENDED
