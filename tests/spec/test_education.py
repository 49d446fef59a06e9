"""The education of children in care: plans, school places, learning in lockdown, exclusions.

Report: "Education - Children in Care". A figure as at 2021-01-12 is as at the end of 11 January.
"""

import pytest

from tests.build import (
    amended,
    as_printed,
    entered_care,
    left_care,
    legal_status,
    row,
    share,
    status,
    statuses,
    table,
    voided,
)
from tests.build.education import (
    birth,
    enrolled,
    excluded,
    learns,
    left_roll,
    meeting_held,
    meeting_planned,
    school,
    school_lost,
)

PUPIL = [birth("2010-05-01"), entered_care("2019-05-01")]

# --- a meeting on the personal education plan each term ---------------------------------------


@pytest.mark.parametrize(
    ("facts", "as_at", "expected"),
    [
        row("none", [], "2021-02-01", "none"),
        row("held on the first day of the term", [meeting_held("2021-01-01")], "2021-02-01",
            "held"),
        row("held on the last of the term before", [meeting_held("2020-12-31 15:00")],
            "2021-02-01", "none"),
        row("held on the term's last day, as at its end", [meeting_held("2021-04-30 15:00")],
            "2021-05-01", "held"),
        row("to be held tomorrow, nothing planned", [meeting_held("2021-02-01 10:00")],
            "2021-02-01", "none"),
        row("planned for a day of the term", [meeting_planned("2021-01-10", "2021-03-10")],
            "2021-02-01", "planned"),
        row("planned for a day of the next term", [meeting_planned("2021-01-10", "2021-05-01")],
            "2021-02-01", "none"),
        row("on the day planned", [meeting_planned("2021-01-10", "2021-02-01")],
            "2021-02-01 23:59", "planned"),
        row("the day planned is past and no meeting told of",
            [meeting_planned("2021-01-10", "2021-02-01")], "2021-02-02", "none"),
        row("put off", [meeting_planned("2021-01-10", "2021-01-20"),
                        meeting_planned("2021-01-19", "2021-02-20")], "2021-02-01", "planned"),
        row("planned and held", [meeting_planned("2021-01-10", "2021-01-20"),
                                 meeting_held("2021-01-20")], "2021-02-01", "held"),
        row("the meeting voided",
            [wrong := meeting_held("2021-01-20"), voided(wrong, "2021-01-22")], "2021-02-01",
            "none"),
        row("amended to a day of the term before",
            [wrong := meeting_held("2021-01-20"),
             amended(wrong, meeting_held("2020-12-18"), "2021-01-22")], "2021-02-01", "none"),
    ],
)  # fmt: skip
def test_a_meeting_held_or_planned_in_the_term(facts, as_at, expected):
    facts = [*PUPIL, enrolled("2021-01-01 09:00"), *facts]
    found = status("pep", facts, as_at, period="2021-01")
    assert found == f"reception_to_year_11_{expected}"


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("in care and on the roll in both", [], ("1 of 1", "0 of 1")),
        row("left care in January: in the first term alone",
            [left_care("2021-01-15")], ("1 of 1", "0 of 0")),
        row("left care on the term's last day: in neither",
            [left_care("2020-12-31 16:00")], ("0 of 0", "0 of 0")),
        row("left the roll in January", [left_roll("2021-01-15")], ("1 of 1", "0 of 0")),
        row("left the roll and came back",
            [left_roll("2021-01-05"), enrolled("2021-01-25")], ("1 of 1", "0 of 1")),
        row("in short breaks: not in care", [legal_status("2019-05-01", "V4")],
            ("0 of 0", "0 of 0")),
        row("in short breaks since January",
            [legal_status("2019-05-01", "C2"), legal_status("2021-01-10", "V4")],
            ("1 of 1", "0 of 0")),
    ],
)  # fmt: skip
def test_who_is_owed_a_meeting_in_a_term(facts, expected):
    facts = [*PUPIL, enrolled("2020-09-01 09:00"), meeting_held("2020-11-10"), *facts]
    first = share("pep", facts, "2021-02-01", period="2020-12")
    assert (first, share("pep", facts, "2021-02-01")) == expected


def test_a_child_never_on_the_roll_is_owed_none():
    assert status("pep", [*PUPIL, meeting_held("2021-01-20")], "2021-02-01") is None
    assert as_printed("pep", PUPIL, "2021-02-01") == "n/a"


def test_the_terms_begin_in_september_january_and_may():
    facts = [*PUPIL, enrolled("2020-05-04"), meeting_held("2020-08-31 09:00")]
    for month, expected in (
        ("2020-05", "1 of 1"), ("2020-08", "1 of 1"), ("2020-09", "0 of 1"), ("2020-12", "0 of 1"),
        ("2021-01", "0 of 1"),
    ):  # fmt: skip
        assert share("pep", facts, "2021-02-01", period=month) == expected


def test_the_stages_of_education():
    def child(key, stage, *facts):
        child = {"subject": f"child:{key}"}
        return [
            entered_care("2019-05-01", **child),
            enrolled("2020-09-01 09:00", stage, **child),
            *([meeting_held("2021-01-20", **child)] if facts else []),
        ]

    facts = [
        *child("nursery", "early_years", "held"), *child("toddler", "early_years"),
        *child("pupil", "reception_to_year_11", "held"), *child("student", "post_16"),
    ]  # fmt: skip
    at = "2021-02-01"
    assert share("pep", facts, at) == "2 of 4"
    assert share("pep_early_years", facts, at) == "1 of 2"
    assert share("pep_reception_to_year_11", facts, at) == "1 of 1"
    assert share("pep_post_16", facts, at) == "0 of 1"


def test_a_child_who_begins_school_counts_in_each_term_at_the_stage_of_its_end():
    facts = [*PUPIL, enrolled("2020-05-04", "early_years"), enrolled("2020-09-01 09:00")]
    assert share("pep_early_years", facts, "2021-02-01", period="2020-08") == "0 of 1"
    assert share("pep_early_years", facts, "2021-02-01", period="2020-12") == "0 of 0"
    assert share("pep_reception_to_year_11", facts, "2021-02-01", period="2020-12") == "0 of 1"


def test_a_meeting_counts_in_the_locality_of_the_team_that_held_the_child_on_the_roll():
    facts = [*PUPIL, enrolled("2020-09-01 09:00", team="stroud-permanence")]
    facts += [enrolled("2021-01-05", team="gloucester-safeguarding")]
    assert share("pep", facts, "2021-02-01", period="2020-12", locality="Stroud") == "0 of 1"
    assert share("pep", facts, "2021-02-01", locality="Gloucester") == "0 of 1"


# --- of school age ----------------------------------------------------------------------------


@table("""
    born                                    | born       | as_at            | counted
    turned 4 on 31 August: in Reception     | 2016-08-31 | 2021-02-01       | yes
    turned 4 on 1 September: not yet        | 2016-09-01 | 2021-08-31 23:59 | -
    in Reception from the next September on | 2016-09-01 | 2021-09-01 00:01 | yes
    16 on 1 September: in Year 11           | 2004-09-01 | 2021-08-31 23:59 | yes
    Year 11 is over                         | 2004-09-01 | 2021-09-01 00:01 | -
    16 on 31 August: Year 11 was over       | 2004-08-31 | 2021-02-01       | -
    born on 29 February                     | 2016-02-29 | 2021-02-01       | yes
""")
def test_school_age(born, as_at, counted):
    facts = [birth(born, subject="child:k1"), entered_care("2020-05-01")]
    found = status("school_place", facts, as_at)
    assert (found == "no_place") if counted else (found is None)


@pytest.mark.parametrize(
    "facts",
    [
        row("of unknown age", [entered_care("2020-05-01")]),
        row("not in care", [birth("2010-05-01")]),
        row("left care on the last day", [*PUPIL, left_care("2021-01-31 16:00")]),
        row("in short breaks", [*PUPIL, legal_status("2019-05-01", "V3")]),
    ],
)
@pytest.mark.parametrize("measure", ["school_place", "attending_school", "fixed_term_exclusion"])
def test_only_children_in_care_of_school_age_count(measure, facts):
    assert status(measure, facts, "2021-02-01") is None
    assert as_printed(measure, facts, "2021-02-01") == "n/a"


# --- school places ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("none ever", [], "no_place"),
        row("a mainstream school", [school("2020-09-03")], "mainstream_in_county"),
        row("alternative provision outside the county",
            [school("2020-09-03", "alternative", in_county=False)], "alternative_out_of_county"),
        row("lost it", [school("2020-09-03"), school_lost("2021-01-31 15:00")], "no_place"),
        row("will lose it tomorrow", [school("2020-09-03"), school_lost("2021-02-01 09:00")],
            "mainstream_in_county"),
        row("moved school: the later place holds",
            [school("2020-09-03"), school("2021-01-11", "special", key="s2")],
            "special_in_county"),
        row("lost the earlier place after the later began",
            [school("2020-09-03"), school("2021-01-11", "special", key="s2"),
             school_lost("2021-01-12")], "special_in_county"),
        row("the loss voided",
            [school("2020-09-03"), wrong := school_lost("2021-01-12"),
             voided(wrong, "2021-01-13")], "mainstream_in_county"),
        row("the place amended to one outside the county",
            [wrong := school("2020-09-03"),
             amended(wrong, school("2020-09-03", in_county=False), "2021-01-13")],
            "mainstream_out_of_county"),
    ],
)  # fmt: skip
def test_where_a_child_has_a_school_place(facts, expected):
    assert status("school_place", [*PUPIL, *facts], "2021-02-01") == expected


def test_the_parts_of_school_places():
    places = [
        [], ["mainstream"], ["mainstream"], ["special"], ["alternative"],
    ]  # fmt: skip
    facts = []
    for number, provision in enumerate(places):
        child = {"subject": f"child:{number}"}
        facts += [birth("2010-05-01", **child), entered_care("2019-05-01", **child)]
        facts += [school("2020-09-03", *provision, in_county=number != 1, **child)] * len(provision)
    at = "2021-02-01"
    assert share("school_place", facts, at) == "4 of 5"
    assert as_printed("no_school_place", facts, at) == "1"
    assert share("mainstream", facts, at) == "2 of 4"
    assert as_printed("alternative_provision", facts, at) == "1"
    assert share("educated_out_of_county", facts, at) == "1 of 4"


# --- learning in lockdown ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("nothing recorded", [], "not_recorded"),
        row("at school", [learns("2021-01-06", "in_school")], "in_school"),
        row("the latest holds", [learns("2021-01-06", "in_school"),
                                 learns("2021-01-20", "remotely")], "remotely"),
        row("from tomorrow on", [learns("2021-01-06", "in_school"),
                                 learns("2021-02-01 09:00", "remotely")], "in_school"),
        row("the record voided", [wrong := learns("2021-01-06", "in_school"),
                                  voided(wrong, "2021-01-08")], "not_recorded"),
    ],
)  # fmt: skip
def test_how_a_child_learns(facts, expected):
    assert status("attending_school", [*PUPIL, *facts], "2021-02-01") == expected


def test_the_parts_of_learning():
    facts = []
    for number, how in enumerate(["in_school", "in_school", "remotely", "not_learning", None]):
        child = {"subject": f"child:{number}"}
        facts += [birth("2010-05-01", **child), entered_care("2019-05-01", **child)]
        facts += [learns("2021-01-06", how, **child)] if how else []
    assert share("attending_school", facts, "2021-02-01") == "2 of 5"
    assert share("learning_remotely", facts, "2021-02-01") == "1 of 4"
    assert as_printed("learning_remotely", PUPIL, "2021-02-01") == "n/a"


# --- exclusions -------------------------------------------------------------------------------


@table("""
    excluded for a fixed term on               | day              | as_at            | expected
    the first day of the academic year         | 2020-09-01       | 2021-02-01       | yes
    the last of the year before                | 2020-08-31 15:00 | 2021-02-01       | no
    the same, while that year lasted           | 2020-08-31 15:00 | 2020-08-31 23:59 | yes
    on the last day of the academic year       | 2020-09-01       | 2021-08-31 23:59 | yes
    once the next has begun                    | 2020-09-01       | 2021-09-01 00:01 | no
    tomorrow                                   | 2021-02-01 10:00 | 2021-02-01       | no
""")
def test_excluded_since_the_academic_year_began(day, as_at, expected):
    assert status("fixed_term_exclusion", [*PUPIL, excluded(day)], as_at) == expected


@pytest.mark.parametrize(
    ("facts", "expected", "lost"),
    [
        row("never", [], "no", {}),
        row("for three days", [excluded("2020-11-10", 3)], "yes", {"yes": 3}),
        row("twice: one child, all days",
            [excluded("2020-11-10", 3), excluded("2021-01-12", 2, key="x2")], "yes", {"yes": 5}),
        row("told under two ids it is one",
            [excluded("2020-11-10", 3), excluded("2020-11-10", 3, id="again")], "yes", {"yes": 3}),
        row("for good: no fixed term", [excluded("2020-11-10", None, permanent=True)], "no", {}),
        row("before September", [excluded("2020-07-10", 3)], "no", {}),
        row("days unknown", [excluded("2020-11-10", None)], "yes", {}),
        row("voided", [wrong := excluded("2020-11-10", 3), voided(wrong, "2020-11-12")], "no", {}),
        row("amended to fewer days",
            [wrong := excluded("2020-11-10", 3),
             amended(wrong, excluded("2020-11-10", 2), "2020-11-12")], "yes", {"yes": 2}),
        row("before the child was in care", [left_care("2020-10-01"),
                                             excluded("2020-11-10", 3),
                                             entered_care("2021-01-04", key="k2")], "yes", {}),
    ],
)  # fmt: skip
def test_exclusions_and_school_days_lost(facts, expected, lost):
    facts = [*PUPIL, *facts]
    assert status("fixed_term_exclusion", facts, "2021-02-01") == expected
    assert statuses("school_days_lost", facts, "2021-02-01") == lost


def test_school_days_lost_of_a_child_who_left_care_since_still_count():
    facts = [*PUPIL, excluded("2020-11-10", 3), left_care("2021-01-15")]
    assert as_printed("school_days_lost", facts, "2021-02-01") == "3"
    assert as_printed("school_days_lost", facts, "2021-02-01", period="2020-10") == "0"
    assert as_printed("school_days_lost", facts, "2021-02-01", period="2020-11") == "3"
