"""Child protection: strategy discussions, enquiries, conferences, plans.

Handbook: "Response to risk", "Assessment, planning and review", "Repeat work". A figure as at
2021-02-01 is as at the end of January.
"""

import pytest

from tests.build import (
    amended,
    as_printed,
    conference,
    enquiry,
    figure,
    figures,
    plan,
    plan_ended,
    row,
    share,
    status,
    statuses,
    table,
    visit,
    voided,
)
from tests.build.protection import (
    EVERYBODY,
    advocacy,
    born,
    completed,
    discussion,
    plan_made,
    plan_reviewed,
    review_conference,
    seen_alone,
    toolkit,
    views,
)

# --- strategy discussions ---------------------------------------------------------------------


@table("""
    due: the working day after it was decided on | decided          | held             | expected
    the next day, its last minute                | 2021-01-04 10:00 | 2021-01-05 23:59 | met
    the midnight after                           | 2021-01-04 10:00 | 2021-01-06 00:00 | missed
    decided late at night: that day is day 0     | 2021-01-04 23:59 | 2021-01-05 16:00 | met
    from Friday: Monday                          | 2021-01-08 10:00 | 2021-01-11 16:00 | met
    from Friday: Tuesday                         | 2021-01-08 10:00 | 2021-01-12 09:00 | missed
    from Saturday: Monday                        | 2021-01-09 10:00 | 2021-01-11 16:00 | met
    from Christmas Eve: 29 December              | 2020-12-24 10:00 | 2020-12-29 16:00 | met
    from Christmas Eve: 30 December              | 2020-12-24 10:00 | 2020-12-30 09:00 | missed
    nobody recorded when it was decided          | -                | 2021-01-05 16:00 | untraced
""")
def test_initial_strategy_discussion_by_the_next_working_day(decided, held, expected):
    facts = [discussion(held, decided=decided)]
    counted = status("strategy_discussion_timely", facts, "2021-06-01", period=held[:7])
    assert counted == expected


LATE_DECIDED = "2021-01-01"


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("one a referral: the first",
            [discussion("2021-01-05", decided="2021-01-05", of="r1"),
             discussion("2021-01-20", decided=LATE_DECIDED, of="r1", key="d2")], {"met": 1}),
        row("another referral, another initial one",
            [discussion("2021-01-05", decided="2021-01-05", of="r1"),
             discussion("2021-01-20", decided=LATE_DECIDED, of="r2", key="d2")],
            {"met": 1, "missed": 1}),
        row("each that names no referral is initial",
            [discussion("2021-01-05", decided="2021-01-05"),
             discussion("2021-01-20", decided="2021-01-20", key="d2")], {"met": 2}),
        row("told twice under two ids: one discussion",
            [discussion("2021-01-05", decided="2021-01-05", of="r1", id="live"),
             discussion("2021-01-05", decided="2021-01-05", of="r1", id="extract")], {"met": 1}),
        row("the first was entered by mistake: the second is initial",
            [wrong := discussion("2021-01-05", decided="2021-01-05", of="r1"),
             voided(wrong, "2021-01-06"),
             discussion("2021-01-20", decided=LATE_DECIDED, of="r1", key="d2")], {"missed": 1}),
        row("the decision's time amended",
            [wrong := discussion("2021-01-20", decided=LATE_DECIDED, of="r1"),
             amended(wrong, discussion("2021-01-20", decided="2021-01-19 09:00", of="r1"),
                     "2021-01-21")], {"met": 1}),
    ],
)  # fmt: skip
def test_which_strategy_discussions_are_initial(facts, expected):
    assert statuses("strategy_discussion_timely", facts, "2021-02-01") == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("nothing came of it", [], "no_further"),
        row("an enquiry began", [enquiry("2021-01-05")], "enquiry"),
        row("an enquiry out of another discussion",
            [enquiry("2021-01-05", began_by="d9")], "no_further"),
        row("a conference was held, and no plan made",
            [enquiry("2021-01-05"), conference("2021-01-20")], "conference"),
        row("the conference made a plan on its day",
            [enquiry("2021-01-05"), conference("2021-01-20"), plan("2021-01-20")], "plan"),
        row("a plan of another day that names no conference",
            [enquiry("2021-01-05"), conference("2021-01-20"), plan("2021-01-21")], "conference"),
        row("a plan of another day that names the conference",
            [enquiry("2021-01-05"), conference("2021-01-20"), plan_made("2021-01-21", by="f1")],
            "plan"),
        row("a plan that names another conference",
            [enquiry("2021-01-05"), conference("2021-01-20"), plan_made("2021-01-20", by="f9")],
            "conference"),
        row("a conference that names no enquiry can't be traced",
            [enquiry("2021-01-05"), conference("2021-01-20", ends=None), plan("2021-01-20")],
            "enquiry"),
        row("two conferences, of which one made a plan",
            [enquiry("2021-01-05"), conference("2021-01-20"), plan_made("2021-01-20", by="f1"),
             conference("2021-01-27", key="f2")], "plan"),
        row("a plan made in February is not made yet",
            [enquiry("2021-01-25"), conference("2021-02-01"), plan("2021-02-01")], "enquiry"),
    ],
)  # fmt: skip
def test_how_far_a_strategy_discussion_led(facts, expected):
    facts = [discussion("2021-01-04"), *facts]
    assert status("strategy_to_s47", facts, "2021-02-01", period="2021-01") == expected


def _ten_months_of_discussions():
    """Of a discussion each month from March 2020: May's and January's went no further; August's
    made a plan; the others began an enquiry."""
    months = [f"2020-{month:02d}" for month in range(3, 13)] + ["2021-01"]
    for month in months:
        child = {"subject": f"child:{month}"}
        yield discussion(f"{month}-04", **child)
        if month not in ("2020-05", "2021-01"):
            yield enquiry(f"{month}-05", **child)
        if month == "2020-08":
            yield conference(f"{month}-20", **child)
            yield plan(f"{month}-20", **child)


@table("""
    ten discussions since April, one in March | measure                     | expected
    January's own                             | strategy_to_s47             | 0 of 1
    year to date: that began an enquiry       | strategy_to_s47_fytd        | 8 of 10
    year to date: that led to a plan          | strategy_to_plan_yield_fytd | 1 of 10
""")
def test_strategy_discussions_of_the_year_to_date(measure, expected):
    facts = list(_ten_months_of_discussions())
    assert share(measure, facts, "2021-02-01") == expected


@table("""
    invited, of three    | invited            | attended           | health | police | care | out
    all, and all came        | all                | all                | 0      | 0      | 0    | 0
    all, health stayed away  | all                | social_care police | 1      | 0      | 0    | 0
    all, nobody came         | all                |                    | 1      | 1      | 1    | 0
    all but health           | social_care police | social_care police | 0      | 0      | 0    | 1
    nobody                   |                    |                    | 0      | 0      | 0    | 1
    all but health, who came | social_care police | all                | 0      | 0      | 0    | 1
    not recorded who came    | all                | -                  | 0      | 0      | 0    | 0
    nothing recorded         | -                  | -                  | 0      | 0      | 0    | 0
""")
def test_partners_at_strategy_discussions(invited, attended, health, police, care, out):
    def whom(said):
        return EVERYBODY if said == "all" else said

    facts = [discussion("2021-01-05", invited=whom(invited), attended=whom(attended))]
    for measure, expected in (
        ("strategy_no_health", health),
        ("strategy_no_police", police),
        ("strategy_no_social_care", care),
        ("strategy_partner_not_invited", out),
    ):
        assert as_printed(measure, facts, "2021-02-01") == expected


# --- section 47 enquiries ---------------------------------------------------------------------


@table("""
    due: 15 working days after the discussion | discussed  | done             | expected
    the 15th working day                      | 2021-01-04 | 2021-01-25 23:59 | met
    the midnight after                        | 2021-01-04 | 2021-01-26 00:00 | missed
    over Christmas 2020                       | 2020-12-14 | 2021-01-07       | met
    over Christmas 2020, the day after        | 2020-12-14 | 2021-01-08       | missed
    over Easter 2021                          | 2021-03-24 | 2021-04-16       | met
    over Easter 2021, the Saturday after      | 2021-03-24 | 2021-04-17       | missed
    not completed: not counted                | 2021-01-04 | -                | -
""")
def test_s47_enquiry_within_15_working_days_of_the_discussion(discussed, done, expected):
    facts = [discussion(discussed), enquiry(discussed)] + ([completed(done)] if done else [])
    period = (done or discussed)[:7]
    assert status("s47_timely", facts, "2021-06-01", period=period) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("the enquiry names no discussion", [enquiry("2021-01-04", began_by=None)], "untraced"),
        row("the discussion is not on record", [enquiry("2021-01-04")], "untraced"),
        row("the start is not on record", [discussion("2021-01-04")], "untraced"),
        row("the discussion's day amended",
            [wrong := discussion("2020-12-01"), amended(wrong, discussion("2021-01-04"),
             "2021-01-05"), enquiry("2021-01-04")], "met"),
    ],
)  # fmt: skip
def test_an_enquiry_whose_discussion_is_not_on_record_is_out_of_the_percentage(facts, expected):
    assert status("s47_timely", [*facts, completed("2021-01-20")], "2021-02-01") == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("to conference", [completed("2021-01-20", "conference")], "conference"),
        row("to a single assessment",
            [completed("2021-01-20", "single_assessment")], "single_assessment"),
        row("no outcome on record", [completed("2021-01-20")], "unknown"),
        row("no outcome on record, but a conference that names it",
            [completed("2021-01-20"), conference("2021-01-25")], "conference"),
        row("a conference not held yet",
            [completed("2021-01-20"), conference("2021-02-02")], "unknown"),
        row("a conference that names another",
            [completed("2021-01-20"), conference("2021-01-25", ends="q9")], "unknown"),
        row("a review conference names none",
            [completed("2021-01-20"), review_conference("2021-01-25")], "unknown"),
        row("not completed", [], None),
        row("completed in the month before", [completed("2020-12-31 23:59", "conference")], None),
    ],
)  # fmt: skip
def test_what_an_enquiry_led_to(facts, expected):
    facts = [enquiry("2020-12-15"), *facts]
    assert status("s47_to_icpc", facts, "2021-02-01") == expected


@table("""
    one each: conference, assessment, nothing further | measure           | expected
    progressed to a conference                        | s47_to_icpc       | 1 of 3
    progressed to a single assessment                 | s47_to_assessment | 1 of 3
    year to date, with one to conference in April     | s47_to_icpc_fytd  | 2 of 4
""")
def test_the_parts_of_what_enquiries_led_to(measure, expected):
    ends = ["conference", "single_assessment", "no_further_action"]
    facts = [completed("2021-01-20", end, subject=f"child:{end}") for end in ends]
    facts += [completed("2020-04-01", "conference", subject="child:april")]
    facts += [completed("2020-03-31", "conference", subject="child:march")]
    assert share(measure, facts, "2021-02-01") == expected


# --- initial conferences ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("no plan", [], "no"),
        row("a plan that began on its day", [plan("2021-01-20 09:00")], "yes"),
        row("a plan that names it", [plan_made("2021-01-22", by="f1")], "yes"),
        row("a plan that names another", [plan_made("2021-01-20", by="f2")], "no"),
        row("a plan of the day after that names none", [plan("2021-01-21")], "no"),
        row("a plan entered by mistake",
            [wrong := plan("2021-01-20"), voided(wrong, "2021-01-21")], "no"),
        row("a plan that began and ended", [plan("2021-01-20"), plan_ended("2021-01-25")], "yes"),
    ],
)  # fmt: skip
def test_whether_an_initial_conference_made_a_plan(facts, expected):
    facts = [conference("2021-01-20 14:00"), *facts]
    assert status("icpc_to_plan", facts, "2021-02-01") == expected


def test_the_parts_of_icpc_to_plan():
    facts = [
        conference("2021-01-20", subject="child:a"), plan("2021-01-20", subject="child:a"),
        conference("2021-01-20", subject="child:b"),
        conference("2020-04-01", subject="child:c"), plan("2020-04-01", subject="child:c"),
        conference("2020-03-31", subject="child:d"), plan("2020-03-31", subject="child:d"),
        conference("2021-01-21", "review", subject="child:d"),
    ]  # fmt: skip
    assert share("icpc_to_plan", facts, "2021-02-01") == "1 of 2"
    assert as_printed("icpc_no_plan", facts, "2021-02-01") == "1"
    assert share("icpc_to_plan_fytd", facts, "2021-02-01") == "2 of 3"
    assert as_printed("icpc_to_plan", [], "2021-02-01") == "n/a"


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("neither", [], "neither"),
        row("a form", [views("2021-01-19")], "views"),
        row("a referral to advocacy", [advocacy("2021-01-10")], "advocacy"),
        row("both", [views("2021-01-19"), advocacy("2021-01-10")], "views_and_advocacy"),
        row("a form for another conference", [views("2021-01-19", of="f9")], "neither"),
        row("two conferences in the month, a form for the first: the child counts once",
            [views("2021-01-19"), review_conference("2021-01-28", key="f2")], "views"),
        row("a form for a conference of February",
            [review_conference("2021-02-03", key="f2"), views("2021-02-01", of="f2")], "neither"),
        row("a form entered by mistake",
            [wrong := views("2021-01-19"), voided(wrong, "2021-01-20")], "neither"),
    ],
)  # fmt: skip
def test_the_childs_part_in_conferences(facts, expected):
    facts = [conference("2021-01-20"), *facts]
    assert status("my_views", facts, "2021-03-01", period="2021-01") == expected


def test_children_without_a_conference_are_out_of_my_views_and_advocacy():
    facts = [views("2021-01-19"), advocacy("2021-01-19")]
    assert as_printed("my_views", facts, "2021-02-01") == "n/a"
    assert as_printed("advocacy_referral", facts, "2021-02-01") == "n/a"


def test_advocacy_counts_beside_my_views():
    facts = [conference("2021-01-20", subject=f"child:{n}") for n in range(4)]
    facts += [views("2021-01-19", subject="child:0"), views("2021-01-19", subject="child:1")]
    facts += [advocacy("2021-01-19", subject="child:1")]
    assert share("my_views", facts, "2021-02-01") == "2 of 4"
    assert share("advocacy_referral", facts, "2021-02-01") == "1 of 4"


# --- review conferences -----------------------------------------------------------------------


@table("""
    plan of 5 October 2020 | icpc       | reviewed                     | expected
    3 months on            | -          | 2021-01-05 23:59             | met
    the midnight after     | -          | 2021-01-06 00:00             | missed
    from the ICPC before   | 2020-10-01 | 2021-01-04                   | missed
    then 6 months: the day | -          | 2020-10-29, 2021-04-29 23:59 | met, met
    the midnight after     | -          | 2020-10-29, 2021-04-30       | met, missed
    clamped to 28 February | -          | 2020-11-30, 2021-05-30       | met, met
""")
def test_review_conferences_by_their_due_day(icpc, reviewed, expected):
    facts = [plan("2020-10-05")] + ([conference(icpc)] if icpc else [])
    facts += [review_conference(day, key=day[:10]) for day in reviewed.split(", ")]
    for day, one in zip(reviewed.split(", "), expected.split(", "), strict=True):
        assert status("cp_review_conferences", facts, "2021-06-01", period=day[:7]) == one


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("told as a conference and of the plan: one review",
            [review_conference("2021-01-04"), plan_reviewed("2021-01-04")], {"met": 1}),
        row("told of the plan alone", [plan_reviewed("2021-01-04")], {"met": 1}),
        row("after the plan ended",
            [plan_ended("2020-12-30"), review_conference("2021-01-04")], {"no_plan": 1}),
        row("on the day on which it ended the plan",
            [review_conference("2021-01-04 10:00"), plan_ended("2021-01-04 12:00")], {"met": 1}),
        row("on a second plan: its own clock, from its own conference",
            [plan_ended("2020-11-04"), conference("2020-11-20", key="f2"),
             plan("2020-11-20", key="p2"), review_conference("2021-01-20")], {"met": 1}),
        row("entered by mistake",
            [wrong := review_conference("2021-01-04"), voided(wrong, "2021-01-05")], {}),
        row("amended to a late day",
            [wrong := review_conference("2021-01-04"),
             amended(wrong, review_conference("2021-01-07"), "2021-01-08")], {"missed": 1}),
    ],
)  # fmt: skip
def test_which_reviews_count(facts, expected):
    facts = [plan("2020-10-05"), *facts]
    assert statuses("cp_review_conferences", facts, "2021-02-01") == expected


@table("""
    on a plan since          | began      | reviewed               | as_at            | expected
    3 months today           | 2020-10-15 | -                      | 2021-01-15 23:59 | -
    more, never reviewed     | 2020-10-15 | -                      | 2021-01-16       | never
    more, reviewed           | 2020-10-15 | 2021-01-10             | 2021-01-16       | met
    6 months since, the day  | 2020-03-05 | 2020-06-05, 2020-07-15 | 2021-01-15 23:59 | met
    6 months and a day       | 2020-03-05 | 2020-06-05, 2020-07-15 | 2021-01-16       | overdue
    31 August: 28 February   | 2020-06-05 | 2020-08-31             | 2021-02-28 23:59 | met
    31 August: 1 March       | 2020-06-05 | 2020-08-31             | 2021-03-01       | overdue
    reviewed on another plan | 2020-10-15 | 2020-10-01             | 2021-01-16       | never
    reviewed tomorrow        | 2020-10-15 | 2021-01-16 10:00       | 2021-01-16       | never
""")
def test_children_on_a_plan_with_an_up_to_date_review(began, reviewed, as_at, expected):
    facts = [plan(began)]
    if reviewed:
        facts += [review_conference(day, key=day[:10]) for day in reviewed.split(", ")]
    assert status("cp_review_up_to_date", facts, as_at) == expected


def test_the_first_review_runs_from_the_initial_conference_before_the_plan():
    facts = [conference("2020-10-12"), plan_made("2020-10-15", by="f1")]
    facts += [plan("2021-01-10", key="other", subject="child:other")]
    said = figure("cp_review_up_to_date", facts, "2021-01-16")
    assert said.statuses["never"] == 1
    facts += [review_conference("2021-01-13")]
    assert status("cp_review_conferences", facts, "2021-02-01") == "missed"  # due 12 January


def test_a_child_whose_plan_ended_on_the_due_day_is_not_counted_the_day_after():
    facts = [plan("2020-10-15"), plan_ended("2021-01-15 17:00")]
    assert status("cp_review_up_to_date", facts, "2021-01-16") is None
    assert as_printed("cp_review_up_to_date", facts, "2021-02-01") == "n/a"


# --- visits: the parts of cp_visits, and being seen alone -------------------------------------


@table("""
    due 18 January, and long unseen after 1 February | as_at            | expected
    never seen, 20 working days                      | 2021-02-01 23:59 | never
    never seen, the midnight after                   | 2021-02-02       | long_never
""")
def test_not_seen_for_more_than_20_working_days(as_at, expected):
    assert status("cp_visits", [plan("2021-01-04")], as_at) == expected
    seen = [plan("2020-12-01"), visit("2021-01-04")]
    expected = {"never": "overdue", "long_never": "long_overdue"}[expected]
    assert status("cp_visits", seen, as_at) == expected


@table("""
    of eight children | measure           | expected
    seen in time      | cp_visits         | 4 of 8
    not seen in time  | cp_not_seen       | 4 of 8
    seen virtually    | cp_seen_virtually | 1 of 8
""")
def test_the_parts_of_cp_visits(measure, expected):
    seen = {
        "a": [visit("2021-01-28")],
        "b": [visit("2021-01-28", virtual=True)],
        "c": [visit("2021-01-27", virtual=True), visit("2021-01-28")],
        "d": [visit("2021-01-08", virtual=True)],
        "e": [visit("2020-12-21")],
        "f": [],
        "g": [visit("2021-01-28", virtual=True, seen=False), visit("2021-01-08")],
    }
    facts = [plan("2021-01-28", subject="child:new")]
    for child, visited in seen.items():
        facts += [plan("2020-12-01", subject=f"child:{child}")]
        facts += [visit_of(each, child) for each in visited]
    assert share(measure, facts, "2021-02-01") == expected
    assert as_printed("cp_not_seen_20", facts, "2021-02-01") == "2"


def visit_of(told, child):
    """The same visit, to another child."""
    virtual = told.data.method == "virtual"
    return visit(told.time, virtual=virtual, seen=told.data.child_seen, subject=f"child:{child}")


@table("""
    born             | birth      | alone            | as_at            | expected
    aged 5, in time  | 2015-01-01 | 2021-01-11 10:00 | 2021-01-25 23:59 | yes
    aged 5, too old  | 2015-01-01 | 2021-01-11 10:00 | 2021-01-26       | no
    never seen alone | 2015-01-01 | -                | 2021-01-26       | no
    before the plan  | 2015-01-01 | 2020-11-30 10:00 | 2020-12-05       | no
    5 tomorrow       | 2016-01-26 | 2021-01-25 10:00 | 2021-01-26       | -
    5 today          | 2016-01-26 | 2021-01-25 10:00 | 2021-01-26 12:00 | yes
    age unknown      | -          | 2021-01-25 10:00 | 2021-01-26       | -
""")
def test_children_of_5_and_over_seen_alone(birth, alone, as_at, expected):
    facts = [plan("2020-12-01"), visit("2021-01-25 09:00")]
    facts += [born(birth)] if birth else []
    facts += [seen_alone(alone)] if alone else []
    assert status("cp_seen_alone", facts, as_at) == expected


# --- neglect, and long plans ------------------------------------------------------------------


@table("""
    on a plan for     | category | toolkit_         | as_at      | expected
    neglect, done     | NEG      | 2021-01-10       | 2021-02-01 | yes
    neglect, not done | NEG      | -                | 2021-02-01 | no
    before the plan   | NEG      | 2020-11-01       | 2021-02-01 | yes
    12 months ago     | NEG      | 2020-02-01 00:00 | 2021-02-01 | yes
    longer ago        | NEG      | 2020-01-31 23:59 | 2021-02-01 | no
    not yet           | NEG      | 2021-02-01 10:00 | 2021-02-01 | no
    emotional abuse   | EMO      | 2021-01-10       | 2021-02-01 | -
    not recorded      | -        | 2021-01-10       | 2021-02-01 | -
""")
def test_neglect_toolkits(category, toolkit_, as_at, expected):
    facts = [plan_made("2020-12-01", category=category)]
    facts += [toolkit(toolkit_)] if toolkit_ else []
    assert status("cp_neglect_toolkit", facts, as_at) == expected


def test_with_and_without_a_toolkit_make_all():
    facts = [plan_made("2020-12-01", category="NEG", subject=f"child:{n}") for n in range(3)]
    facts += [toolkit("2021-01-10", subject="child:0")]
    assert share("cp_neglect_toolkit", facts, "2021-02-01") == "1 of 3"
    assert share("cp_neglect_no_toolkit", facts, "2021-02-01") == "2 of 3"


@table("""
    plan begun on 31 January 2019 | as_at            | expected
    two years less a day          | 2021-01-31       | no
    the day itself                | 2021-01-31 12:00 | yes
    as at the end of it           | 2021-02-01       | yes
""")
def test_on_a_plan_for_two_years(as_at, expected):
    assert status("cp_over_2y", [plan("2019-01-31")], as_at) == expected


def test_an_earlier_plan_does_not_make_the_present_one_older():
    facts = [plan("2018-01-08"), plan_ended("2018-12-01"), plan("2020-06-01", key="p2")]
    assert status("cp_over_2y", facts, "2021-02-01") == "no"


# --- repeat plans -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("never on a plan before", [], "first"),
        row("on a plan long ago",
            [plan("2009-01-05", key="p0"), plan_ended("2009-06-01", key="p0")], "second"),
        row("on two before",
            [plan("2009-01-05", key="p0"), plan_ended("2009-06-01", key="p0"),
             plan("2012-01-05", key="p9"), plan_ended("2012-06-01", key="p9")], "third_or_more"),
        row("the earlier one entered by mistake",
            [wrong := plan("2009-01-05", key="p0"), voided(wrong, "2021-01-20")], "first"),
        row("told twice under two ids: one plan",
            [plan("2021-01-11", key="p1", id="extract")], "first"),
        row("another child's", [plan("2009-01-05", key="p0", subject="child:k2"),
                                plan_ended("2009-06-01", key="p0", subject="child:k2")], "first"),
    ],
)  # fmt: skip
def test_whether_a_plan_repeats_an_earlier_one(facts, expected):
    facts = [plan("2021-01-11"), *facts]
    assert status("repeat_plans_started", facts, "2021-02-01") == expected
    assert status("repeat_plans_current", facts, "2021-02-01") == expected


def test_repeat_plans_by_month_and_by_locality():
    """A child of Stroud begins again in Gloucester: the plan counts where it began, the child
    where it is now."""
    facts = [
        plan("2020-05-04", team="stroud-safeguarding"),
        plan_ended("2020-09-04"),
        plan("2021-01-11", key="p2", team="gloucester-safeguarding"),
        visit("2021-01-20", team="stroud-safeguarding"),
    ]
    said = figures(facts, "2021-02-01")
    started = said.figure("repeat_plans_started", "2021-01", "Gloucester")
    assert (started.numerator, started.denominator) == (1, 1)
    assert said.figure("repeat_plans_started", "2020-05", "Stroud").numerator == 0
    assert share("repeat_plans_current", facts, "2021-02-01", locality="Stroud") == "1 of 1"
    assert share("repeat_plans_current", facts, "2021-02-01", locality="Gloucester") == "0 of 0"
    assert as_printed("repeat_plans_started", facts, "2021-02-01", locality="DCYPS") == "n/a"
    assert share("repeat_plans_fytd", facts, "2021-02-01") == "1 of 2"
    assert share("three_or_more_plans", facts, "2021-02-01") == "0 of 1"


def test_the_rate_of_plans_is_of_10_000_children_of_the_authority():
    facts = [plan("2021-01-11", subject=f"child:{n}") for n in range(13)]
    assert figure("cp_rate", facts, "2021-02-01").denominator == 128905
    assert as_printed("cp_rate", facts, "2021-02-01") == "1.0"  # 1.0085
