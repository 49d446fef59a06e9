"""Care leavers: in touch, seen, with a pathway plan, where they live and what they do.

Handbook: "Seeing children", "Assessment, planning and review", "Stability and permanence".
A figure as at 2021-02-01 is as at the end of January.
"""

import pytest

from tests.build import as_printed, figures, row, share, status, table, visit, voided
from tests.build.health import born
from tests.build.leaving_care import (
    in_touch,
    plan_made,
    plan_reviewed,
    qualified,
    recorded,
    support_ended,
)

LEAVER = qualified("2019-06-03")

# --- who is one --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("qualified", [LEAVER], 1),
        row("qualified twice, under two ids", [LEAVER, qualified("2019-06-03", id="x")], 1),
        row("support ended in the last minute of January",
            [LEAVER, support_ended("2021-01-31 23:59")], 0),
        row("support ends as February begins: not yet",
            [LEAVER, support_ended("2021-02-01 00:00")], 1),
        row("ended, and came back", [LEAVER, support_ended("2020-01-06"),
            qualified("2020-09-01", key="y2")], 1),
        row("qualifies only tomorrow", [qualified("2021-02-01")], 0),
        row("qualified by mistake and voided", [LEAVER, voided(LEAVER, "2019-06-04")], 0),
    ],
)  # fmt: skip
def test_care_leavers(facts, expected):
    assert as_printed("care_leavers", facts, "2021-02-01") == str(expected)
    assert share("cl_in_touch", facts, "2021-02-01").endswith(f"of {expected}")


# --- in touch ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("in touch 6 months ago: the last day", [in_touch("2020-08-01")], "met"),
        row("in touch the day before that", [in_touch("2020-07-31")], "overdue"),
        row("a visit is a touch", [visit("2020-12-01", kind="care_leaver")], "met"),
        row("a visit that found nobody is none",
            [visit("2020-12-01", kind="care_leaver", seen=False)], "never"),
        row("the yearly record says in touch", [recorded("2020-12-01", touch="YES")], "met"),
        row("the yearly record says not in touch", [recorded("2020-12-01", touch="NO")], "never"),
        row("in touch before qualifying only", [in_touch("2019-05-31")], "never"),
        row("a call entered by mistake and voided",
            [wrong := in_touch("2020-12-01"), voided(wrong, "2020-12-02")], "never"),
        row("in touch as the month is over: not yet", [in_touch("2021-02-01 00:00")], "never"),
    ],
)  # fmt: skip
def test_in_touch_within_6_months(facts, expected):
    facts = [born("2001-06-01"), LEAVER, *facts]
    assert status("cl_in_touch", facts, "2021-02-01") == f"{expected}_19_and_over"


@table("""
    never in touch, qualified    | on         | expected
    6 months ago: the last day   | 2020-08-01 | not_due_19_and_over
    the day before that          | 2020-07-31 | never_19_and_over
""")
def test_a_new_care_leaver_is_not_due_for_six_months(on, expected):
    assert status("cl_in_touch", [born("2001-06-01"), qualified(on)], "2021-02-01") == expected


def test_a_care_leaver_falls_out_of_touch_although_nothing_happens():
    facts = [born("2001-06-01"), LEAVER, in_touch("2020-06-30 10:00")]
    said = figures(facts, "2021-02-01")
    series = dict(said.series(said.catalogue.measures["cl_in_touch"]))
    assert [series[month].numerator for month in ("2020-11", "2020-12", "2021-01")] == [1, 0, 0]


@table("""
    ended on the due day, 31 January | ended            | as_at            | expected
    looked at before                 | 2021-01-31 17:00 | 2021-01-31 12:00 | met_19_and_over
    and after: not counted           | 2021-01-31 17:00 | 2021-02-01       | -
""")
def test_one_whose_support_ends_on_the_due_day(ended, as_at, expected):
    facts = [born("2001-06-01"), LEAVER, in_touch("2020-07-31"), support_ended(ended)]
    assert status("cl_in_touch", facts, as_at) == expected


def test_a_young_person_who_moves_counts_for_the_team_that_holds_them_now():
    facts = [
        born("2001-06-01"),
        qualified("2019-06-03", team="leaving-care-1"),
        in_touch("2020-12-01", team="stroud-eleven-plus"),
    ]
    assert status("cl_in_touch", facts, "2021-02-01", locality="Stroud") == "met_19_and_over"
    assert status("cl_in_touch", facts, "2021-02-01", locality="Other") is None


# --- seen: within 2 months aged 16 to 20, within 6 months from 21 ------------------------------


@table("""
    aged           | birth      | last_seen  | expected
    20: 2 months   | 2000-06-01 | 2020-12-01 | met_16_to_20
    20: a day more | 2000-06-01 | 2020-11-30 | overdue_16_to_20
    20, 21 tomorrow | 2000-02-01 | 2020-11-30 | overdue_16_to_20
    21: 6 months   | 2000-01-31 | 2020-08-01 | met_21_and_over
    21: a day more | 2000-01-31 | 2020-07-31 | overdue_21_and_over
    21, never seen | 2000-01-31 | -          | never_21_and_over
    20, never seen | 2000-06-01 | -          | never_16_to_20
""")
def test_seen_in_time(birth, last_seen, expected):
    facts = [born(birth), LEAVER] + ([visit(last_seen)] if last_seen else [])
    assert status("cl_younger_seen", facts, "2021-02-01") == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("seen on a video call", [visit("2021-01-11", virtual=True)], "met_16_to_20"),
        row("called on, and not seen", [visit("2021-01-11", seen=False)], "never_16_to_20"),
        row("a call is not a visit", [in_touch("2021-01-11")], "never_16_to_20"),
        row("seen before qualifying only", [visit("2019-05-31")], "never_16_to_20"),
    ],
)
def test_what_counts_as_seen(facts, expected):
    facts = [born("2001-06-01"), LEAVER, *facts]
    assert status("cl_younger_seen", facts, "2021-02-01") == expected


def test_one_who_qualified_within_2_months_is_not_due():
    facts = [born("2002-12-10"), qualified("2020-12-10")]
    assert status("cl_younger_seen", facts, "2021-02-01") == "not_due_16_to_20"


# --- pathway plans -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("made 6 months ago: the last day", [plan_made("2020-08-01")], "met"),
        row("made the day before that", [plan_made("2020-07-31")], "overdue"),
        row("made in care, reviewed since",
            [plan_made("2019-01-07"), plan_reviewed("2020-12-01")], "met"),
        row("made in care, within 6 months", [plan_made("2019-01-07"),
            plan_made("2020-12-01", key="w2")], "met"),
        row("no plan", [], "never"),
        row("a review without any plan", [plan_reviewed("2020-12-01")], "never"),
        row("a review entered by mistake and voided",
            [plan_made("2019-01-07"), wrong := plan_reviewed("2020-12-01"),
             voided(wrong, "2020-12-02")], "overdue"),
        row("support ended: not counted", [support_ended("2021-01-31 12:00")], None),
    ],
)  # fmt: skip
def test_pathway_plans(facts, expected):
    assert status("cl_pathway_plan", [LEAVER, *facts], "2021-02-01") == expected


def test_who_has_no_plan_is_never_up_to_date_however_new():
    assert status("cl_pathway_plan", [qualified("2021-01-29")], "2021-02-01") == "never"
    assert as_printed("cl_no_pathway_plan", [qualified("2021-01-29")], "2021-02-01") == "1"


# --- where they live and what they do ----------------------------------------------------------


@table("""
    the latest record        | code | expected
    with parents, suitable   | B1   | suitable_19_and_over
    in custody, unsuitable   | X2   | unsuitable_19_and_over
    never recorded           | -    | unknown_19_and_over
""")
def test_accommodation(code, expected):
    facts = [born("2001-06-01"), LEAVER, recorded("2020-06-01", accommodation=code)]
    assert status("cl_accommodation", facts, "2021-02-01") == expected


@table("""
    the latest record             | code | expected
    higher education, full time   | F1   | higher_education
    higher education, part time   | P1   | yes
    training or employment        | F4   | yes
    not, parenting                | G6   | no
    never recorded                | -    | unknown
""")
def test_education_employment_or_training(code, expected):
    facts = [born("2001-06-01"), LEAVER, recorded("2020-06-01", activity=code)]
    assert status("cl_eet", facts, "2021-02-01") == f"{expected}_19_to_21"


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("the latest record holds",
            [recorded("2020-06-01", activity="F4"), recorded("2020-12-01", activity="G5")], "no"),
        row("a record that does not tell it changes nothing",
            [recorded("2020-06-01", activity="F4"), recorded("2020-12-01", accommodation="B1")],
            "yes"),
        row("one entered by mistake and voided",
            [recorded("2020-06-01", activity="F4"), wrong := recorded("2020-12-01", activity="G5"),
             voided(wrong, "2020-12-02")], "yes"),
        row("one of February is not known in January",
            [recorded("2020-06-01", activity="F4"), recorded("2021-02-01", activity="G5")], "yes"),
    ],
)  # fmt: skip
def test_the_latest_record_that_tells_it_holds(facts, expected):
    facts = [born("2001-06-01"), LEAVER, *facts]
    assert status("cl_eet", facts, "2021-02-01") == f"{expected}_19_to_21"


@table("""
    the day before a birthday, and on it as it is over | birth      | expected
    18, 19 tomorrow                                    | 2002-02-01 | 16_to_18
    19 today                                           | 2002-01-31 | 19_to_21
    21, 22 tomorrow                                    | 1999-02-01 | 19_to_21
    22 today                                           | 1999-01-31 | over_21
""")
def test_bands_of_age(birth, expected):
    assert status("cl_eet", [born(birth), LEAVER], "2021-02-01") == f"unknown_{expected}"


def _four_care_leavers():
    """Aged 17, 18, 20 and 23: of each age one way to live."""
    for number, (birth, activity, accommodation, touch) in enumerate((
        ("2003-06-01", "F2", "U1", "YES"), ("2002-06-01", None, None, "NO"),
        ("2000-06-01", "F1", "V1", "YES"), ("1997-06-01", "G5", "X2", "NO"),
    )):  # fmt: skip
        subject = f"child:k{number}"
        yield born(birth, subject=subject)
        yield qualified("2019-06-03", subject=subject)
        yield recorded("2020-12-01", activity=activity, accommodation=accommodation, touch=touch,
                       subject=subject)  # fmt: skip
    yield visit("2021-01-11", subject="child:k0")
    yield visit("2020-10-12", subject="child:k3")


@table("""
    of four care leavers            | measure                  | expected | printed
    in touch                        | cl_in_touch              | 3 of 4   | 75
    in touch, aged 16 to 18         | cl_in_touch_younger      | 1 of 2   | 50
    seen, aged 16 to 20             | cl_younger_seen          | 1 of 3   | 33
    seen, aged 21 and over          | cl_older_seen            | 1 of 1   | 100
    with a plan up to date          | cl_pathway_plan          | 0 of 4   | 0
    without                         | cl_no_pathway_plan       | 4 of None | 4
    suitable accommodation          | cl_accommodation         | 2 of 4   | 50
    the same, aged 16 to 18         | cl_accommodation_younger | 1 of 2   | 50
    unsuitable or unknown           | cl_unsuitable            | 2 of None | 2
    in EET, unknown is not          | cl_eet                   | 2 of 4   | 50
    the same, aged 19 to 21         | cl_eet_19_21             | 1 of 1   | 100
    the same, aged 22 and over      | cl_eet_over_21           | 0 of 1   | 0
    not in EET or unknown           | cl_not_eet               | 2 of None | 2
    in full-time higher education   | cl_higher_education      | 1 of 4   | 25.0
""")
def test_the_figures_of_care_leavers(measure, expected, printed):
    facts = list(_four_care_leavers())
    assert share(measure, facts, "2021-02-01") == expected
    assert as_printed(measure, facts, "2021-02-01") == printed


@pytest.mark.parametrize(
    "measure",
    ["cl_in_touch", "cl_younger_seen", "cl_pathway_plan", "cl_accommodation", "cl_eet"],
)
def test_no_care_leaver_is_not_available(measure):
    assert as_printed(measure, [], "2021-02-01") == "n/a"
