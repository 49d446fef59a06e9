"""Case supervision, activity, Mind of My Own.

Handbook: "Management oversight", "Beyond the dashboard". A figure as at 2021-02-01 is as at the end
of January.
"""

import pytest

from tests.build import (
    allocated,
    allocation_ended,
    amended,
    as_printed,
    entered_care,
    left_care,
    legal_status,
    plan,
    plan_ended,
    referral,
    referral_closed,
    row,
    share,
    status,
    statuses,
    table,
    voided,
)
from tests.build.workforce import (
    held_by_manager,
    leaver,
    leaver_ended,
    note,
    statement,
    supervised,
)

# --- case supervision -------------------------------------------------------------------------

OPEN, HELD = referral("2020-06-01"), allocated("2020-06-01 10:00")


@table("""
    supervised within 1 month            | opened     | latest     | as_at            | expected
    on the day of the last: met          | 2020-06-01 | 2021-01-18 | 2021-01-19       | met
    due today                            | 2020-06-01 | 2021-01-18 | 2021-02-18 23:59 | met
    today is over                        | 2020-06-01 | 2021-01-18 | 2021-02-19       | overdue
    the month's end is its due day       | 2020-06-01 | 2021-01-31 | 2021-02-28 23:59 | met
    and is over                          | 2020-06-01 | 2021-01-31 | 2021-03-01       | overdue
    no bank holiday puts it off          | 2020-06-01 | 2020-11-25 | 2020-12-26       | overdue
    never, first one due today           | 2021-01-18 | -          | 2021-02-18 23:59 | not_due
    never, first one late                | 2021-01-18 | -          | 2021-02-19       | never
    before it opened, not since          | 2021-01-18 | 2021-01-11 | 2021-02-19       | never
    on the day it opened                 | 2021-01-18 | 2021-01-18 | 2021-02-19       | overdue
""")
def test_supervision_every_month(opened, latest, as_at, expected):
    facts = [referral(opened), allocated(f"{opened} 12:00")]
    facts += [supervised(f"{latest} 15:00")] if latest else []
    assert status("case_supervision", facts, as_at) == expected


LAST = supervised("2020-12-10 10:00")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("the last was in December", [LAST], "overdue"),
        row("one more since", [LAST, supervised("2021-01-20")], "met"),
        row("one more tomorrow", [LAST, supervised("2021-02-01 00:00")], "overdue"),
        row("one more, voided",
            [LAST, wrong := supervised("2021-01-20"), voided(wrong, "2021-01-21")], "overdue"),
        row("the last amended to a later day",
            [LAST, amended(LAST, supervised("2021-01-12"), "2021-01-13")], "met"),
        row("a note is no supervision", [LAST, note("2021-01-20")], "overdue"),
        row("closed on the due day: not counted", [LAST, referral_closed("2021-01-10")], None),
        row("closed, and in care since", [LAST, referral_closed("2021-01-10"),
            entered_care("2021-01-10")], "overdue"),
        row("closed, opened again the same day",
            [LAST, referral_closed("2021-01-10"), referral("2021-01-10", key="r2")], "overdue"),
        row("closed, opened again the day after: a new start",
            [LAST, referral_closed("2021-01-10"), referral("2021-01-11", key="r2"),
             allocated("2021-01-11", key="l2")], "not_due"),
        row("a plan within the referral changes nothing",
            [LAST, plan("2020-12-20"), plan_ended("2021-01-20")], "overdue"),
        row("short breaks of before, as it closed, do not keep it open",
            [LAST, entered_care("2020-06-01"), legal_status("2020-06-01", "V4"),
             left_care("2021-01-11"), referral_closed("2021-01-10"),
             referral("2021-01-11", key="r2"), allocated("2021-01-11", key="l2")], "not_due"),
    ],
)  # fmt: skip
def test_where_the_supervision_of_a_child_stands(facts, expected):
    assert status("case_supervision", [OPEN, HELD, *facts], "2021-02-01") == expected


def test_a_care_leaver_goes_on_from_care_on_the_day_care_ends():
    facts = [entered_care("2020-06-01"), HELD, LAST, left_care("2020-12-21"), leaver("2020-12-21")]
    assert status("case_supervision", facts, "2021-02-01") == "overdue"
    assert status("case_supervision", [*facts, leaver_ended("2021-01-20")], "2021-02-01") is None


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("no worker yet: left out", [], None),
        row("a manager only: left out", [held_by_manager("2020-12-01")], None),
        row("a worker from tomorrow: left out", [allocated("2021-02-01 00:00")], None),
        row("a worker", [allocated("2021-01-25")], "never"),
        row("a worker who has handed the case back",
            [allocated("2020-12-01"), allocation_ended("2021-01-25")], "never"),
        row("a worker of an earlier time only: left out",
            [referral("2020-01-06", key="r0"), referral_closed("2020-03-02", key="r0"),
             allocated("2020-01-06"), allocation_ended("2020-03-02")], None),
    ],
)  # fmt: skip
def test_a_child_who_has_had_no_worker_yet_is_left_out(facts, expected):
    facts = [referral("2020-11-02"), *facts]
    assert status("case_supervision", facts, "2021-02-01") == expected


def _team(team, up_to_date, late):
    facts = []
    for number in range(up_to_date + late):
        subject = f"child:{team}-{number}"
        facts.append(referral("2020-06-01", subject=subject, team=team))
        facts.append(allocated("2020-06-01 10:00", subject=subject))
        if number < up_to_date:
            facts.append(supervised("2021-01-20", subject=subject))
    return facts


@table("""
    of the team's children      | up_to_date | late | expected
    all                         | 3          | 0    | team_all
    more than 80 per cent       | 81         | 19   | team_above
    80 per cent: not above      | 4          | 1    | team_below
    none                        | 0          | 2    | team_below
""")
def test_how_a_team_does(up_to_date, late, expected):
    facts = _team("fod-assessment", int(up_to_date), int(late))
    said = statuses("case_supervision", facts, "2021-02-01")
    assert {each: count for each, count in said.items() if each.startswith("team")} == {expected: 1}


def test_supervision_by_locality_and_by_team():
    facts = [*_team("fod-assessment", 4, 1), *_team("fod-permanence", 2, 0), *_team("mash", 9, 1)]
    facts += [referral("2020-06-01"), HELD]  # in no team: a child, but not a team
    at = "2021-02-01"
    assert share("case_supervision", facts, at) == "15 of 18"
    assert share("case_supervision", facts, at, locality="FoD") == "6 of 7"
    assert share("supervision_never", facts, at) == "3 of 18"
    assert share("supervision_overdue", facts, "2021-02-21") == "15 of 18"
    assert share("supervision_teams_above_target", facts, at) == "2 of 3"
    assert share("supervision_teams_above_target", facts, at, locality="FoD") == "1 of 2"
    assert share("supervision_teams_100", facts, at) == "1 of None"


def test_a_child_who_moved_counts_for_its_team_of_now():
    moved = supervised("2020-12-10", team="fod-permanence")
    facts = [referral("2020-06-01", team="stroud-assessment"), HELD, moved]
    assert share("case_supervision", facts, "2021-02-01", locality="FoD") == "0 of 1"
    assert share("case_supervision", facts, "2021-02-01", locality="Stroud") == "0 of 0"


def test_supervision_of_nobody_is_not_available():
    assert as_printed("case_supervision", [], "2021-02-01") == "n/a"
    assert as_printed("supervision_teams_above_target", [], "2021-02-01") == "n/a"
    assert as_printed("supervision_teams_100", [], "2021-02-01") == "0"


# --- activity ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("opening", "due"),
    [
        row("on a plan: 4 weeks", [plan("2020-06-01")], "2021-01-18"),
        row("in care: 6 weeks", [entered_care("2020-06-01")], "2021-02-01"),
        row("a child in need: 6 weeks", [referral("2020-06-01")], "2021-02-01"),
        row("a care leaver: 2 months", [leaver("2020-06-01")], "2021-02-21"),
        row(
            "on a plan and in care: as on a plan",
            [plan("2020-06-01"), entered_care("2020-06-01")],
            "2021-01-18",
        ),
        row(
            "in care, and a care leaver already: as in care",
            [entered_care("2020-06-01"), leaver("2020-06-01")],
            "2021-02-01",
        ),
    ],
)
@pytest.mark.parametrize("activity", [row("a note", note), row("a supervision", supervised)])
def test_activity_within_the_timescale_of_the_childs_status(activity, opening, due):
    facts = [*opening, activity("2020-12-21 10:00")]
    assert status("activity_in_timescale", facts, f"{due} 23:59:59") == "met"
    day_after = f"{due[:8]}{int(due[8:]) + 1:02d}"
    assert status("activity_in_timescale", facts, day_after) == "overdue"


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("nothing yet, 6 weeks not over", [referral("2020-12-21")], "not_due"),
        row("nothing, 6 weeks over", [referral("2020-12-20")], "never"),
        row("a note of before it opened",
            [note("2020-11-20"), referral("2020-12-20")], "never"),
        row("a note on the day it opened", [referral("2020-12-21 12:00"),
            note("2020-12-21 09:00")], "met"),
        row("a note voided",
            [referral("2020-06-01"), note("2020-12-01"), wrong := note("2021-01-04"),
             voided(wrong, "2021-01-05")], "overdue"),
        row("a note after a supervision",
            [referral("2020-06-01"), supervised("2020-11-01"), note("2021-01-04")], "met"),
        row("a supervision after a note",
            [referral("2020-06-01"), note("2020-11-01"), supervised("2021-01-04")], "met"),
        row("on no plan any more: 6 weeks again",
            [referral("2020-06-01"), plan("2020-07-01"), plan_ended("2021-01-29"),
             note("2020-12-21")], "met"),
        row("closed: not counted", [referral("2020-06-01"), referral_closed("2021-01-31")], None),
    ],
)  # fmt: skip
def test_where_the_activity_for_a_child_stands(facts, expected):
    assert status("activity_in_timescale", facts, "2021-02-01") == expected


def test_inactive_children_are_those_without_activity_in_timescale():
    facts = []
    for child, day in (("k1", "2020-11-02"), ("k2", "2021-01-04"), ("k3", "2021-01-05")):
        facts.append(referral("2020-06-01", subject=f"child:{child}", team="dcyps-north"))
        facts.append(note(day, subject=f"child:{child}"))
    facts.append(referral("2020-06-01", subject="child:k4", team="mash"))
    assert share("activity_in_timescale", facts, "2021-02-01") == "2 of 4"
    assert as_printed("activity_in_timescale", facts, "2021-02-01") == "50.0"
    assert share("inactive_children", facts, "2021-02-01") == "2 of None"
    assert share("inactive_children", facts, "2021-02-01", locality="DCYPS") == "1 of None"


def test_activity_for_nobody_is_not_available():
    assert as_printed("activity_in_timescale", [], "2021-02-01") == "n/a"
    assert as_printed("inactive_children", [], "2021-02-01") == "0"


# --- Mind of My Own ---------------------------------------------------------------------------


@table("""
    a statement sent                     | sent             | expected
    as the month began                   | 2021-01-01 00:00 | yes
    the instant before                   | 2020-12-31 23:59 | no
    in its last minute                   | 2021-01-31 23:59 | yes
    as it ended: not yet                 | 2021-02-01 00:00 | no
    none                                 | -                | no
""")
def test_a_statement_in_the_last_month(sent, expected):
    facts = [referral("2020-06-01")] + ([statement(sent)] if sent else [])
    assert status("mind_of_my_own", facts, "2021-02-01") == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("two statements, one child",
            [referral("2020-06-01"), statement("2021-01-05"), statement("2021-01-20")], "yes"),
        row("voided", [referral("2020-06-01"), wrong := statement("2021-01-05"),
                       voided(wrong, "2021-01-06")], "no"),
        row("not open any more", [referral("2020-06-01"), statement("2021-01-05"),
                                  referral_closed("2021-01-20")], None),
        row("in care", [entered_care("2020-06-01"), statement("2021-01-05")], "yes"),
        row("a care leaver", [leaver("2020-06-01"), statement("2021-01-05")], "yes"),
    ],
)  # fmt: skip
def test_who_uses_mind_of_my_own(facts, expected):
    assert status("mind_of_my_own", facts, "2021-02-01") == expected


def test_mind_of_my_own_is_printed_with_one_decimal():
    facts = [referral("2020-06-01", subject=f"child:k{n}") for n in range(3)]
    facts.append(statement("2021-01-05", subject="child:k0"))
    assert as_printed("mind_of_my_own", facts, "2021-02-01") == "33.3"
    assert as_printed("mind_of_my_own", [], "2021-02-01") == "n/a"
