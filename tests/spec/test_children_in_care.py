"""Children in care: seen in another way, proceedings, assessments, views, the reviewing officer,
pathway plans.

Handbook: "Seeing children", "Assessment, planning and review". A figure as at 2021-02-01 is as at
the end of January.
"""

import pytest

from tests.build import (
    amended,
    as_printed,
    entered_care,
    figure,
    left_care,
    legal_status,
    placed,
    row,
    share,
    status,
    statuses,
    statutory_visit,
    table,
    visit,
    voided,
)
from tests.build.care import (
    assessed,
    born,
    officer_noted,
    officer_visited,
    pathway_plan,
    pathway_plan_reviewed,
    proceedings,
    proceedings_ended,
    reviewed,
)

# --- late for a statutory visit, but seen in another way --------------------------------------


@table("""
    statutory visit due 18 January  | seen       | how       | expected
    virtually: due again 1 February | 2020-12-21 | virtual   | seen_virtually
    a day longer ago                | 2020-12-20 | virtual   | overdue
    face to face: due 1 February    | 2020-12-21 | other     | seen_face_to_face
    a day longer ago, too           | 2020-12-20 | other     | overdue
    a visit that did not see        | 2021-01-20 | unseen    | overdue
    not at all                      | -          | -         | overdue
    virtually, up to date since     | 2021-01-28 | statutory | met
""")
def test_seen_without_a_statutory_visit(seen, how, expected):
    facts = [entered_care("2020-11-02"), placed("2020-11-02"), statutory_visit("2020-12-07")]
    if how == "statutory":
        facts += [statutory_visit("2021-01-18", virtual=True), statutory_visit(seen)]
    elif seen:
        facts += [visit(seen, virtual=how == "virtual", seen=how != "unseen")]
    assert status("statutory_visits", facts, "2021-02-01") == expected


def _seen(*kinds):
    for number, kind in enumerate(kinds):
        subject = f"child:k{number}"
        yield entered_care("2020-11-02", subject=subject)
        if kind in ("virtual", "both"):
            yield visit("2021-01-11", virtual=True, subject=subject)
        if kind in ("other", "both"):
            yield visit("2021-01-12", subject=subject)
        if kind == "statutory":
            yield statutory_visit("2021-01-12", subject=subject)


@table("""
    of five children in care                   | measure                | expected
    one with a statutory visit                 | statutory_visits       | 1 of 5
    three seen in another way                  | cic_seen_not_statutory | 3 of 5
    two face to face, though one virtually too | cic_seen_other_f2f     | 2 of None
    one virtually alone                        | cic_seen_virtually     | 1 of None
""")
def test_parts_of_the_visits(measure, expected):
    facts = list(_seen("statutory", "virtual", "other", "both", "none"))
    assert share(measure, facts, "2021-02-01") == expected


# --- section 20, in proceedings ---------------------------------------------------------------

V2 = [entered_care("2020-06-01"), legal_status("2020-06-01", "V2")]
PRE = proceedings("2020-09-07", "pre_proceedings")
COURT = proceedings("2020-12-07", "court", key="pr2")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("none", [], "yes"),
        row("pre-proceedings", [PRE], "pre_proceedings"),
        row("before the court", [PRE, COURT], "court"),
        row("pre-proceedings that are over", [PRE, proceedings_ended("2020-11-02")], "yes"),
        row("over after court", [PRE, COURT, proceedings_ended("2021-01-18", key="pr2")], "yes"),
        row("the first stage ended when the second began",
            [PRE, proceedings_ended("2020-12-07"), COURT], "court"),
        row("over from tomorrow", [PRE, proceedings_ended("2021-02-01 00:00")], "pre_proceedings"),
        row("entered by mistake", [PRE, voided(PRE, "2020-09-08")], "yes"),
        row("under a care order since", [COURT, legal_status("2021-01-18", "C2")], "no"),
        row("left care", [PRE, left_care("2021-01-31 12:00")], None),
    ],
)  # fmt: skip
def test_section_20_and_in_proceedings(facts, expected):
    assert status("cic_section20", [*V2, *facts], "2021-02-01") == expected


def test_in_proceedings_of_those_under_section_20():
    assert share("cic_s20_in_proceedings", [*V2, PRE], "2021-02-01") == "1 of 1"
    assert share("cic_section20", [*V2, PRE], "2021-02-01") == "1 of 1"
    assert as_printed("cic_s20_in_proceedings", [entered_care("2020-06-01")], "2021-02-01") == "n/a"


# --- assessments: 12 months, for children in care for 45 working days or more ------------------


@table("""
    not assessed in care                      | entered    | as_at            | expected
    44 working days, over Christmas           | 2020-11-25 | 2021-02-01       | -
    45 working days                           | 2020-11-24 | 2021-02-01       | never
    on the 45th, before it is over            | 2020-11-24 | 2021-01-29 00:00 | -
""")
def test_when_an_assessment_is_looked_for(entered, as_at, expected):
    facts = [born("2012-05-05"), entered_care(entered)]
    assert status("cic_assessment", facts, as_at) == expected


ENTERED = [born("2012-05-05"), entered_care("2019-06-03")]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("due again on 1 February", [assessed("2020-02-01")], "met"),
        row("due on 31 January, which is over", [assessed("2020-01-31")], "overdue"),
        row("the latest counts", [assessed("2019-07-01"), assessed("2021-01-04")], "met"),
        row("never", [], "never"),
        row("before entering care", [assessed("2019-05-31")], "never"),
        row("in an earlier period of care only",
            [assessed("2020-10-05"), left_care("2020-10-30"),
             entered_care("2020-11-02", key="k2")], "never"),
        row("a voided assessment is none",
            [wrong := assessed("2021-01-04"), voided(wrong, "2021-01-05")], "never"),
        row("amended to the day it was completed",
            [wrong := assessed("2021-01-04"), amended(wrong, assessed("2020-01-30"), "2021-01-05")],
            "overdue"),
        row("in short breaks", [legal_status("2019-06-03", "V4")], None),
        row("left care on the day", [left_care("2021-01-31 12:00")], None),
    ],
)  # fmt: skip
def test_assessments_of_children_in_care(facts, expected):
    assert status("cic_assessment", [*ENTERED, *facts], "2021-02-01") == expected


@table("""
    in care, not assessed        | day        | expected
    18 on the last of January    | 2003-01-31 | -
    18 the day after             | 2003-02-02 | never
""")
def test_assessments_are_looked_for_until_18(day, expected):
    facts = [born(day), entered_care("2019-06-03")]
    assert status("cic_assessment", facts, "2021-02-01") == expected


def test_assessments_overdue_are_those_that_are_late_or_missing():
    facts = []
    for number, day in enumerate(("2020-03-02", "2019-12-02", None)):
        subject = f"child:k{number}"
        facts += [born("2012-05-05", subject=subject), entered_care("2019-06-03", subject=subject)]
        facts += [assessed(day, subject=subject)] if day else []
    assert share("cic_assessment", facts, "2021-02-01") == "1 of 3"
    assert as_printed("cic_assessment_overdue", facts, "2021-02-01") == "2"
    assert as_printed("cic_assessment", [], "2021-02-01") == "n/a"


# --- views in reviews -------------------------------------------------------------------------


@table("""
    took part                                | code | expected
    under 4, whatever else is said           | PN0  | unheard
    attended and spoke                       | PN1  | represented
    attended, an advocate spoke              | PN2  | represented
    attended, and made views known           | PN3  | represented
    attended without                         | PN4  | unheard
    an advocate spoke                        | PN5  | represented
    views came in another way                | PN6  | represented
    neither attended nor sent word           | PN7  | unheard
    not on record                            | -    | unheard
""")
def test_views_represented(code, expected):
    facts = [born("2012-05-05"), entered_care("2020-06-01"), reviewed("2021-01-11", code)]
    assert status("cic_views_represented", facts, "2021-02-01") == expected


@table("""
    reviewed on 11 January 2021          | day        | planned    | expected
    fourth birthday that day             | 2017-01-11 | -          | represented
    the day after                        | 2017-01-12 | -          | -
    a pathway plan made that day         | 2004-05-05 | 2021-01-11 | -
    made the day after                   | 2004-05-05 | 2021-01-12 | represented
""")
def test_young_children_and_those_with_a_pathway_plan_are_left_out(day, planned, expected):
    facts = [born(day), entered_care("2020-06-01"), reviewed("2021-01-11", "PN1")]
    facts += [pathway_plan(planned)] if planned else []
    assert status("cic_views_represented", facts, "2021-02-01") == expected


def test_a_review_outside_care_is_left_out_and_a_correction_holds():
    child = [born("2012-05-05"), entered_care("2020-06-01")]
    after = [*child, left_care("2020-12-07"), reviewed("2021-01-11", "PN1")]
    assert as_printed("cic_views_represented", after, "2021-02-01") == "n/a"
    wrong = reviewed("2021-01-11", "PN7")
    right = amended(wrong, reviewed("2021-01-11", "PN5"), "2021-01-20")
    assert share("cic_views_represented", [*child, wrong, right], "2021-02-01") == "1 of 1"


# --- the independent reviewing officer: 6 months ------------------------------------------------


@table("""
    within 6 months, as at 1 February | noted            | visited          | expected
    at their first instant            | 2020-08-01 00:00 | -                | note
    a minute before                   | 2020-07-31 23:59 | -                | neither
    visited alone                     | -                | 2021-01-11       | visit
    both                              | 2021-01-11       | 2020-08-01 00:00 | note_and_visit
    a visit a minute before           | 2021-01-11       | 2020-07-31 23:59 | note
    tomorrow: not yet                 | 2021-02-01 00:00 | 2021-02-01 00:00 | neither
""")
def test_the_footprint_of_the_reviewing_officer(noted, visited, expected):
    facts = [entered_care("2019-06-03")]
    facts += [officer_noted(noted)] if noted else []
    facts += [officer_visited(visited)] if visited else []
    assert status("iro_footprint", facts, "2021-02-01") == expected


def test_footprint_and_visit_are_shares_of_all_in_care():
    facts = [entered_care("2019-06-03", subject=f"child:k{number}") for number in range(3)]
    facts += [officer_noted("2021-01-11", subject="child:k0")]
    facts += [officer_visited("2021-01-11", subject="child:k0")]
    facts += [officer_noted("2020-12-07", subject="child:k1")]
    facts += [officer_noted("2020-12-07", subject="child:k9")]
    assert share("iro_footprint", facts, "2021-02-01") == "2 of 3"
    assert share("iro_visit", facts, "2021-02-01") == "1 of 3"
    assert as_printed("iro_visit", [], "2021-02-01") == "n/a"


# --- pathway plans: 16 and 3 months, in care more than 3 months, 6 months ------------------------


@table("""
    in care without a plan                     | day        | entered    | expected
    16 and 3 months on the last of January     | 2004-10-31 | 2019-06-03 | never
    the day after: not counted                 | 2004-11-01 | 2019-06-03 | -
    in care for 3 months, and no more          | 2004-05-05 | 2020-11-01 | -
    in care for a day longer                   | 2004-05-05 | 2020-10-31 | never
    day of birth unknown                       | -          | 2019-06-03 | -
""")
def test_who_is_to_have_a_pathway_plan(day, entered, expected):
    facts = [*([born(day)] if day else []), entered_care(entered)]
    assert status("cic_pathway_plan", facts, "2021-02-01") == expected


YOUNG_PERSON = [born("2004-05-05"), entered_care("2019-06-03")]
PLAN = pathway_plan("2020-06-01")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("made, and due for review on 1 February", [pathway_plan("2020-08-01")], "met"),
        row("due on 31 January, which is over", [pathway_plan("2020-07-31")], "overdue"),
        row("reviewed since", [PLAN, pathway_plan_reviewed("2020-08-01")], "met"),
        row("reviewed too long ago", [PLAN, pathway_plan_reviewed("2020-07-31")], "overdue"),
        row("the review was entered by mistake",
            [PLAN, wrong := pathway_plan_reviewed("2021-01-11"), voided(wrong, "2021-01-12")],
            "overdue"),
        row("never", [], "never"),
        row("left care", [PLAN, left_care("2021-01-31 12:00")], None),
    ],
)  # fmt: skip
def test_pathway_plans_of_children_in_care(facts, expected):
    assert status("cic_pathway_plan", [*YOUNG_PERSON, *facts], "2021-02-01") == expected


def test_on_the_day_of_being_16_and_3_months_a_plan_is_still_in_time():
    facts = [born("2004-10-31"), entered_care("2019-06-03")]
    assert status("cic_pathway_plan", facts, "2021-01-31 00:00") is None
    assert status("cic_pathway_plan", facts, "2021-01-31 12:00") == "not_due"
    assert status("cic_pathway_plan", facts, "2021-02-01 00:00") == "never"


def test_no_pathway_plan_in_place():
    assert as_printed("cic_no_pathway_plan", YOUNG_PERSON, "2021-02-01") == "1"
    assert share("cic_pathway_plan", [*YOUNG_PERSON, PLAN], "2021-02-01") == "0 of 1"
    assert as_printed("cic_no_pathway_plan", [*YOUNG_PERSON, PLAN], "2021-02-01") == "0"
    assert as_printed("cic_pathway_plan", [], "2021-02-01") == "n/a"


# --- the rate, and the locality ------------------------------------------------------------------


def test_the_rate_is_of_10_000_children_of_the_authority():
    facts = [entered_care("2020-06-01", subject=f"child:k{number}") for number in range(787)]
    assert as_printed("cic_rate", facts, "2021-02-01") == "61.1"


def test_a_child_who_moves_locality_counts_where_the_case_is_now():
    facts = [
        born("2012-05-05"),
        entered_care("2019-06-03", team="stroud-permanence"),
        left_care("2020-03-02", team="stroud-permanence"),
        entered_care("2020-03-09", key="k2", team="fod-permanence"),
    ]
    for measure in ("statutory_visits", "cic_assessment", "iro_footprint", "cic_out_of_county"):
        assert figure(measure, facts, "2021-02-01", locality="Stroud").denominator == 0
        assert figure(measure, facts, "2021-02-01", locality="FoD").denominator == 1
        assert sum(statuses(measure, facts, "2021-02-01").values()) == 1
