"""Child in need plans: put in place, reviewed, stepped down from to early help.

Handbook: "Seeing children", "Assessment, planning and review". A figure as at 2021-01-12 is as at
the end of 11 January.
"""

import pytest

from tests.build import (
    amended,
    as_printed,
    authorised,
    figure,
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
from tests.build.children_in_need import assessed, in_need_plan, in_need_plan_ended, plan_reviewed

# --- a plan within 10 working days ------------------------------------------------------------


@table("""
    plan put in place, after an assessment of | authorised | began            | expected
    18 December: due 6 January                | 2020-12-18 | 2021-01-06 23:30 | met
    18 December, the day after                | 2020-12-18 | 2021-01-07       | late
    Monday 4 January: due 18 January          | 2021-01-04 | 2021-01-18       | met
    Monday 4 January, the day after           | 2021-01-04 | 2021-01-19       | late
    the same day                              | 2021-01-04 | 2021-01-04       | met
    a later day: the plan did not wait for it | 2021-01-20 | 2021-01-18       | met
""")
def test_a_plan_after_an_assessment(authorised, began, expected):
    facts = [assessed(authorised), in_need_plan(began, after="a1")]
    expected = {"late": "late_after_assessment"}.get(expected, expected)
    assert status("cin_plan_timely", facts, "2021-02-01") == expected


@table("""
    plan put in place, after a review of | reviewed   | began      | expected
    18 December: due 6 January           | 2020-12-18 | 2021-01-06 | met
    18 December, the day after           | 2020-12-18 | 2021-01-07 | late
""")
def test_a_plan_after_a_review(reviewed, began, expected):
    facts = [in_need_plan(began, reviewed=reviewed)]
    expected = {"late": "late_after_review"}.get(expected, expected)
    assert status("cin_plan_timely", facts, "2021-02-01") == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("no assessment named: the latest up to the plan",
            [authorised("2020-12-01", key="a1"), authorised("2021-01-10", key="a2"),
             authorised("2021-01-19", key="a3"), in_need_plan("2021-01-18")], "met"),
        row("neither an assessment nor a review on record",
            [in_need_plan("2021-01-18")], "untraced"),
        row("the assessment it names is not on record",
            [authorised("2021-01-10"), in_need_plan("2021-01-18", after="a9")], "untraced"),
        row("after a review, whatever was assessed",
            [authorised("2021-01-10"), in_need_plan("2021-01-18", reviewed="2020-12-18")],
            "late_after_review"),
        row("told under two ids it is one plan",
            [in_need_plan("2021-01-18", reviewed="2021-01-10"),
             in_need_plan("2021-01-18", reviewed="2021-01-10", id="again")], "met"),
        row("a plan amended to an earlier day",
            [late := in_need_plan("2021-01-28", reviewed="2021-01-10"),
             amended(late, in_need_plan("2021-01-18", reviewed="2021-01-10"), "2021-01-29")],
            "met"),
        row("a voided plan is none",
            [wrong := in_need_plan("2021-01-18"), voided(wrong, "2021-01-20")], None),
        row("a plan of another month is not counted in this",
            [in_need_plan("2020-12-31", reviewed="2020-12-20")], None),
    ],
)  # fmt: skip
def test_from_when_the_clock_of_a_plan_runs(facts, expected):
    assert status("cin_plan_timely", facts, "2021-02-01", period="2021-01") == expected


def test_the_parts_of_plans():
    facts = [
        in_need_plan("2021-01-18", reviewed="2021-01-15", subject="child:stroud",
                     team="stroud-assessment"),
        in_need_plan("2021-01-18", reviewed="2020-12-01", key="n2"),
        assessed("2020-12-01"),
        in_need_plan("2021-01-18", after="a1", key="n3"),
        in_need_plan("2021-01-18", after="a9", key="n4"),
    ]  # fmt: skip
    assert share("cin_plan_timely", facts, "2021-02-01") == "1 of 3"
    assert share("cin_plan_timely", facts, "2021-02-01", locality="Stroud") == "1 of 1"
    assert as_printed("cin_plan_late_after_review", facts, "2021-02-01") == "1"
    assert as_printed("cin_plan_late_after_assessment", facts, "2021-02-01") == "1"
    assert as_printed("cin_plan_timely", [], "2021-02-01") == "n/a"


# --- reviewed within 6 weeks, then every 3 months ---------------------------------------------


@table("""
    plan of 14 December, its reviews      | reviews                | as_at            | expected
    none: due 25 January                  | -                      | 2021-01-25 23:59 | not_due
    none, the midnight after              | -                      | 2021-01-26       | never
    reviewed 30 November: due 28 February | 2020-11-30             | 2021-02-28 23:59 | met
    clamped, the midnight after           | 2020-11-30             | 2021-03-01       | overdue
    reviewed twice: from the latest       | 2020-12-20, 2021-01-15 | 2021-04-15 23:59 | met
    reviewed twice, the midnight after    | 2020-12-20, 2021-01-15 | 2021-04-16       | overdue
    reviewed late, and up to date again   | 2021-01-30             | 2021-02-01       | met
    to be reviewed tomorrow               | 2021-02-01 10:00       | 2021-02-01       | never
""")
def test_reviews_of_a_plan(reviews, as_at, expected):
    told = [plan_reviewed(at.strip()) for at in reviews.split(",")] if reviews else []
    facts = [referral("2020-11-02"), in_need_plan("2020-12-14"), *told]
    assert status("cin_review_up_to_date", facts, as_at) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("a voided review does not count",
            [wrong := plan_reviewed("2021-01-20"), voided(wrong, "2021-01-21")], "never"),
        row("the review of another plan does not count",
            [plan_reviewed("2021-01-20", key="n9")], "never"),
        row("the plan ended on the due day",
            [in_need_plan_ended("2021-01-25 17:00")], "without_plan"),
        row("the plan ended and another began",
            [in_need_plan_ended("2021-01-25"), in_need_plan("2021-01-26", key="n2")], "not_due"),
        row("the referral closed: in need no more",
            [referral_closed("2021-01-25")], None),
        row("referred anew: the plan of before, whose end nobody told, is no plan now",
            [referral_closed("2021-01-25"), referral("2021-01-26", key="r2")], "without_plan"),
        row("on a protection plan", [plan("2021-01-20")], None),
    ],
)  # fmt: skip
def test_which_plan_and_which_reviews_count(facts, expected):
    facts = [referral("2020-12-01"), in_need_plan("2020-12-14"), *facts]
    assert status("cin_review_up_to_date", facts, "2021-02-01") == expected


# --- without a plan ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "as_at", "expected"),
    [
        row("nothing decided yet: none is due", [], "2021-06-01", "without_plan"),
        row("found in need on 4 January: due 18 January",
            [assessed("2021-01-04")], "2021-01-18 23:59", "without_plan"),
        row("the midnight after", [assessed("2021-01-04")], "2021-01-19", "plan_overdue"),
        row("over Christmas: due 6 January",
            [assessed("2020-12-18")], "2021-01-06 23:59", "without_plan"),
        row("over Christmas, the midnight after", [assessed("2020-12-18")], "2021-01-07",
            "plan_overdue"),
        row("the assessment found no need",
            [assessed("2021-01-04", "early_help")], "2021-02-01", "without_plan"),
        row("its outcome amended to none",
            [found := assessed("2021-01-04"),
             amended(found, assessed("2021-01-04", "no_further_action"), "2021-01-20")],
            "2021-02-01", "without_plan"),
        row("assessed before the referral: of an earlier time",
            [assessed("2020-11-20")], "2021-02-01", "without_plan"),
        row("the plan was in place after it, and ended",
            [assessed("2021-01-04"), in_need_plan("2021-01-08"), in_need_plan_ended("2021-01-12")],
            "2021-02-01", "without_plan"),
        row("found in need anew after the plan ended",
            [in_need_plan("2020-12-08"), in_need_plan_ended("2020-12-31"), assessed("2021-01-04")],
            "2021-02-01", "plan_overdue"),
        row("came off a protection plan on 4 January: due 18 January",
            [plan("2020-12-03"), plan_ended("2021-01-04")], "2021-01-18 23:59", "without_plan"),
        row("came off a protection plan, the midnight after",
            [plan("2020-12-03"), plan_ended("2021-01-04")], "2021-01-19", "plan_overdue"),
    ],
)  # fmt: skip
def test_a_child_without_a_plan(facts, as_at, expected):
    facts = [referral("2020-12-01"), *facts]
    assert status("cin_review_up_to_date", facts, as_at) == expected


def test_the_parts_of_reviews_and_of_those_without_a_plan():
    def child(key, *facts):
        return [referral("2020-11-02", subject=f"child:{key}"), *facts]

    facts = [
        *child("met", in_need_plan("2020-11-16", subject="child:met"),
               plan_reviewed("2020-12-28", subject="child:met")),
        *child("new", in_need_plan("2021-01-18", subject="child:new")),
        *child("late", in_need_plan("2020-11-16", subject="child:late"),
               plan_reviewed("2020-11-30", subject="child:late")),
        *child("never", in_need_plan("2020-11-16", subject="child:never")),
        *child("owed", assessed("2020-12-01", subject="child:owed")),
        *child("none"),
    ]  # fmt: skip
    at = "2021-03-01"
    assert statuses("cin_review_up_to_date", facts, at) == {
        "met": 1, "not_due": 1, "overdue": 1, "never": 1, "without_plan": 1, "plan_overdue": 1,
    }  # fmt: skip
    assert share("cin_review_up_to_date", facts, at) == "2 of 4"
    assert share("cin_no_first_review", facts, at) == "1 of 4"
    assert share("cin_next_review_overdue", facts, at) == "1 of 4"
    assert as_printed("cin_without_plan", facts, at) == "2"
    assert share("cin_plan_overdue", facts, at) == "1 of 2"
    assert as_printed("cin_review_up_to_date", [], at) == "n/a"


# --- stepped down to early help ---------------------------------------------------------------


def test_step_down_by_destination():
    wheres = [
        None, None, None, "family_support_team", "family_support_team",
        "children_and_family_centre", "school", "other_early_help",
    ]  # fmt: skip
    facts = [
        in_need_plan_ended("2021-01-20", where, key=f"n{number}", team="stroud-assessment")
        for number, where in enumerate(wheres)
    ]
    facts += [in_need_plan_ended("2020-12-31", "school", key="earlier")]
    assert share("step_down", facts, "2021-02-01") == "5 of 8"
    assert share("step_down", facts, "2021-02-01", locality="Stroud") == "5 of 8"
    assert share("step_down", facts, "2021-02-01", period="2020-12") == "1 of 1"
    for part, expected in (("targeted", 3), ("fst", 2), ("cfc", 1), ("school", 1)):
        assert figure(f"step_down_{part}", facts, "2021-02-01").numerator == expected
    assert as_printed("step_down", [], "2021-02-01") == "n/a"


def test_a_plan_that_did_not_end_after_all_was_not_stepped_down_from():
    wrong = in_need_plan_ended("2021-01-20", "school")
    assert share("step_down", [wrong, voided(wrong, "2021-01-22")], "2021-02-01") == "0 of 0"


def test_a_plan_whose_end_was_told_twice_ended_once():
    facts = [in_need_plan_ended("2021-01-20"), in_need_plan_ended("2021-01-20", id="again")]
    assert share("step_down", facts, "2021-02-01") == "0 of 1"
