"""Rules that hold for every measure: localities, corrections, months, percentages, what was known.

The rules: docs/rules.md.
"""

from decimal import Decimal

import pytest

from casepulse.schemas.events.child import AsylumSeekingRecorded, RestrictionChanged
from casepulse.state import AT, COUNTY, Figure, published
from tests.build import (
    CATALOGUE,
    amended,
    assessment,
    authorised,
    conference,
    contact,
    decision,
    enquiry,
    entered_care,
    fact,
    figure,
    figures,
    interview,
    left_care,
    missing,
    plan,
    referral,
    referral_closed,
    row,
    share,
    status,
    statuses,
    strategy_discussion,
    table,
    visit,
    voided,
    when,
)

# --- localities -------------------------------------------------------------------------------

STROUD, GLOUCESTER, NOWHERE = "stroud-assessment", "gloucester-safeguarding", "no-such-team"


@pytest.mark.parametrize(
    ("facts", "locality"),
    [
        row("the team that holds the referral",
            [referral("2021-01-04", team=STROUD)], "Stroud"),
        row("the team that holds the referral, though the case has moved since",
            [referral("2021-01-04", team=STROUD), visit("2021-01-05", team=GLOUCESTER)],
            "Stroud"),
        row("the referral names none: that of the latest fact with one",
            [visit("2020-12-01", team=STROUD), referral("2021-01-04"),
             visit("2021-01-05", team=GLOUCESTER), visit("2021-01-06")],
            "Gloucester"),
        row("no fact names one: Other", [referral("2021-01-04")], "Other"),
        row("a team the profile does not know: Other",
            [referral("2021-01-04", team=NOWHERE)], "Other"),
        row("the front door belongs to Other",
            [referral("2021-01-04", team="mash")], "Other"),
        row("a fact that has not happened yet does not count",
            [referral("2021-01-04"), visit("2021-02-01 00:00", team=STROUD)], "Other"),
        row("the team amended",
            [wrong := referral("2021-01-04", team=STROUD),
             amended(wrong, referral("2021-01-04", team=GLOUCESTER), "2021-01-05")],
            "Gloucester"),
        row("the fact that named the team voided",
            [referral("2021-01-04"), wrong := visit("2021-01-05", team=STROUD),
             voided(wrong, "2021-01-06")],
            "Other"),
    ],
)  # fmt: skip
def test_a_referral_counts_for_the_locality_of(facts, locality):
    for place in CATALOGUE.profile.localities:
        counted = sum(statuses("initial_visits_all", facts, "2021-02-01", locality=place).values())
        assert counted == (1 if place == locality else 0), place
    assert sum(statuses("initial_visits_all", facts, "2021-02-01", locality=COUNTY).values()) == 1


def test_a_child_who_moves_counts_where_they_are_now_and_at_each_month_end_where_they_were_then():
    facts = [plan("2020-11-02", team=STROUD), visit("2021-01-11", team=GLOUCESTER)]
    said = figures(facts, "2021-02-01")
    on_a_plan = said.catalogue.measures["cp_children"]
    stroud = {month: each.numerator for month, each in said.series(on_a_plan, "Stroud")}
    gloucester = {month: each.numerator for month, each in said.series(on_a_plan, "Gloucester")}
    county = {month: each.numerator for month, each in said.series(on_a_plan)}
    assert (stroud["2020-12"], gloucester["2020-12"], county["2020-12"]) == (1, 0, 1)
    assert (stroud["2021-01"], gloucester["2021-01"], county["2021-01"]) == (0, 1, 1)
    assert (stroud["2020-10"], gloucester["2020-10"], county["2020-10"]) == (0, 0, 0)


def test_the_county_is_the_sum_of_its_localities():
    teams = [*CATALOGUE.profile.teams, NOWHERE, None]
    facts = [
        referral("2021-01-04", team=team, subject=f"child:k{n}") for n, team in enumerate(teams)
    ]
    said = figures(facts, "2021-02-01")
    parts = [said.figure("initial_visits_all", "2021-01", place) for place in said.localities[1:]]
    assert sum(part.denominator or 0 for part in parts) == len(teams)
    assert said.figure("initial_visits_all", "2021-01").denominator == len(teams)


# --- corrections ------------------------------------------------------------------------------

TOLD = referral("2021-01-04 09:00", "S17")
AS_S47 = referral("2021-01-04 09:00", "S47")
IN_DECEMBER = referral("2020-12-01 09:00", "S17")
AMENDED = amended(TOLD, AS_S47, "2021-01-06 09:00")
VOIDED = voided(TOLD, "2021-01-06 09:00")

COUNTS_AS_S17 = {"initial_visits_s17": 1, "initial_visits_s47": 0}
COUNTS_AS_S47 = {"initial_visits_s17": 0, "initial_visits_s47": 1}
COUNTS_NOWHERE = {"initial_visits_s17": 0, "initial_visits_s47": 0}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        row("as it was told", [TOLD], COUNTS_AS_S17),
        row("told twice", [TOLD, TOLD], COUNTS_AS_S17),
        row("amended", [TOLD, AMENDED], COUNTS_AS_S47),
        row("the amendment came in first", [AMENDED, TOLD], COUNTS_AS_S47),
        row("the amendment alone: there is no record yet", [AMENDED], COUNTS_NOWHERE),
        row("amended to another month", [TOLD, amended(TOLD, IN_DECEMBER, "2021-01-06")],
            COUNTS_NOWHERE),
        row("withdrawn", [TOLD, VOIDED], COUNTS_NOWHERE),
        row("the withdrawal came in first", [VOIDED, TOLD], COUNTS_NOWHERE),
        row("amended, then withdrawn",
            [TOLD, AMENDED, voided(TOLD, "2021-01-07")], COUNTS_NOWHERE),
        row("withdrawn, then amended: the latest holds",
            [TOLD, VOIDED, amended(TOLD, AS_S47, "2021-01-07")], COUNTS_AS_S47),
        row("the amendment withdrawn: as first told",
            [TOLD, AMENDED, voided(AMENDED, "2021-01-07")], COUNTS_AS_S17),
        row("the withdrawal withdrawn: as first told",
            [TOLD, VOIDED, voided(VOIDED, "2021-01-07")], COUNTS_AS_S17),
        row("the amendment amended",
            [TOLD, amended(TOLD, IN_DECEMBER, "2021-01-06", id="a1"),
             amended(fact(TOLD.data, id="a1"), AS_S47, "2021-01-07")],
            COUNTS_AS_S47),
        row("the withdrawal of an amendment withdrawn: amended",
            [TOLD, AMENDED, gone := voided(AMENDED, "2021-01-07"), voided(gone, "2021-01-08")],
            COUNTS_AS_S47),
        row("a correction of a record nobody knows",
            [TOLD, voided(fact(TOLD.data, id="unknown"), "2021-01-06")], COUNTS_AS_S17),
        row("a correction that another source made of its own record",
            [TOLD, voided(TOLD, "2021-01-06", source="elsewhere")], COUNTS_AS_S17),
        row("the same id told differently: what was recorded later holds",
            [fact(TOLD.data, TOLD.time, "2021-01-04 10:00", id="r"),
             fact(AS_S47.data, TOLD.time, "2021-01-04 11:00", id="r")],
            COUNTS_AS_S47),
        row("and it holds although it came in first",
            [fact(AS_S47.data, TOLD.time, "2021-01-04 11:00", id="r"),
             fact(TOLD.data, TOLD.time, "2021-01-04 10:00", id="r")],
            COUNTS_AS_S47),
        row("an id first used for a withdrawal of something unknown, then for a referral",
            [voided(fact(TOLD.data, id="unknown"), "2021-01-03", id="r"),
             fact(AS_S47.data, "2021-01-04", id="r")],
            COUNTS_AS_S47),
    ],
)  # fmt: skip
def test_what_holds_after_corrections(facts, expected):
    said = figures(facts, "2021-02-01")
    counted = {each: said.figure(each, "2021-01").denominator for each in expected}
    assert counted == expected


def test_a_long_chain_of_amendments_is_read_to_its_end():
    facts = [TOLD]
    for minute in range(1500):
        pathway = AS_S47 if minute % 2 else TOLD
        last = facts[-1]
        at = f"2021-01-{5 + minute // 1440:02d} {minute % 1440 // 60:02d}:{minute % 60:02d}"
        facts.append(amended(last, pathway, at, id=f"amendment-{minute}"))
    assert status("initial_visits_s47", facts, "2021-02-01") == "not_seen"


# --- what was known ---------------------------------------------------------------------------


@table("""
    seen 11 January, recorded 10 February  | as_at      | known      | expected
    January as it was known at its end     | 2021-02-01 | 2021-02-01 | not_seen
    January, the mature cut                | 2021-02-01 | 2021-03-01 | in_time
    at the instant of recording: not known | 2021-02-01 | 2021-02-10 | not_seen
    known, but not happened by then        | 2021-01-11 | 2021-03-01 | pending
""")
def test_a_past_month_as_at_one_date_and_as_known_at_another(as_at, known, expected):
    facts = [referral("2021-01-04"), visit("2021-01-11", recorded="2021-02-10")]
    counted = status("initial_visits_all", facts, as_at, known=known, period="2021-01")
    assert counted == expected


# --- months -----------------------------------------------------------------------------------


@table("""
    looked at                              | as_at                   | month
    the last instant of January            | 2021-01-31 23:59:59.999 | 2021-01
    the first instant of February          | 2021-02-01 00:00        | 2021-01
    an instant later                       | 2021-02-01 00:00:00.001 | 2021-02
    the first instant of April, local time | 2021-04-01 00:00        | 2021-03
    the first instant of April in UTC      | 2021-04-01 00:00+00:00  | 2021-04
""")
def test_the_month_reported_on_is_the_one_just_ended(as_at, month):
    said = figures([], as_at)
    assert said.current(CATALOGUE.measures["initial_visits_all"]) == month
    assert said.current(CATALOGUE.measures["cp_visits"]) == AT


def test_a_series_is_the_thirteen_months_up_to_the_one_reported_on():
    facts = [entered_care("2020-03-15"), left_care("2020-12-10")]
    said = figures(facts, "2021-02-01")
    series = [
        (month, each.numerator)
        for month, each in said.series(CATALOGUE.measures["children_in_care"])
    ]
    months = ["2020-01", "2020-02", "2020-03", "2020-04", "2020-05", "2020-06", "2020-07",
              "2020-08", "2020-09", "2020-10", "2020-11", "2020-12", "2021-01"]  # fmt: skip
    in_care = [0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0]
    assert series == list(zip(months, in_care, strict=True))


def test_in_mid_month_the_series_ends_with_now():
    said = figures([entered_care("2021-02-03")], "2021-02-15 12:00")
    series = said.series(CATALOGUE.measures["children_in_care"])
    assert [(month, each.numerator) for month, each in series[-2:]] == [
        ("2021-01", 0),
        ("2021-02", 1),
    ]


def test_a_fact_recorded_late_changes_the_month_ends_it_reaches_back_to():
    facts = [entered_care("2020-11-20", recorded="2021-01-15")]
    series = dict(figures(facts, "2021-02-01").series(CATALOGUE.measures["children_in_care"]))
    assert [series[month].numerator for month in ("2020-10", "2020-11", "2020-12")] == [0, 1, 1]


# --- percentages ------------------------------------------------------------------------------


@table("""
    as printed                  | numerator | denominator | decimals | printed
    halves up                   | 1         | 8           | 0        | 13
    halves up at an even number | 5         | 200         | 0        | 3
    a third                     | 1         | 3           | 0        | 33
    a half per cent             | 1         | 200         | 0        | 1
    just under a half           | 497       | 1000        | 0        | 50
    none of some                | 0         | 7           | 0        | 0
    all                         | 167       | 167         | 0        | 100
    nobody in the denominator   | 0         | 0           | 0        | -
    one decimal                 | 52        | 67          | 1        | 77.6
    one decimal, halves up      | 1         | 16          | 1        | 6.3
    one decimal, none in it     | 0         | 0           | 1        | -
    a plain count               | 724       | -           | 0        | 724
    a plain count of nobody     | 0         | -           | 0        | 0
""")
def test_percentages_are_whole_numbers_halves_up(numerator, denominator, decimals, printed):
    said = Figure(
        "any", "2021-01", COUNTY, int(numerator), int(denominator) if denominator else None, {}
    )
    assert published(said, int(decimals)) == (Decimal(printed) if printed else None)


def test_every_percentage_of_nobody_is_not_available_and_every_count_nought():
    said = figures([], "2021-02-01")
    for measure in CATALOGUE.measures.values():
        empty = said.figure(measure.id, said.current(measure))
        expected = Decimal(0) if measure.denominator is None else None
        assert published(empty, measure.decimals) == expected, measure.id


# --- the population ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measure", "facts", "expected"),
    [
        row("closed on the due day without being seen: no longer late",
            "initial_visits_not_seen",
            [referral("2021-01-04"), referral_closed("2021-01-11 16:00")], "0 of 0"),
        row("contact decided at the due instant",
            "initial_contact_decision",
            [contact("2021-01-10 09:00"), decision("2021-01-11 09:00")], "1 of 1"),
    ],
)  # fmt: skip
def test_what_ends_on_the_due_day_is_not_late_the_day_after(measure, facts, expected):
    assert share(measure, facts, "2021-01-12", period="2021-01") == expected


def test_facts_of_no_measure_change_no_figure():
    facts = [plan("2021-01-04")]
    more = [
        fact(AsylumSeekingRecorded(), "2021-01-05"),
        fact(RestrictionChanged(restricted=True), "2021-01-05"),
    ]
    for measure in CATALOGUE.measures:
        before, after = (
            figure(measure, facts, "2021-02-01"),
            figure(measure, facts + more, "2021-02-01"),
        )
        assert before == after, measure


def test_subjects_are_cases_of_their_own():
    facts = [referral("2021-01-04", subject="child:a"), visit("2021-01-05", subject="child:b")]
    assert status("initial_visits_all", facts, "2021-02-01") == "not_seen"


def test_times_with_another_offset_are_the_same_instants():
    told = [contact("2021-07-05T09:00:00+01:00"), decision("2021-07-06T08:00:00+00:00")]
    assert told[0].time == when("2021-07-05 09:00")
    assert status("initial_contact_decision", told, "2021-08-01") == "met"


# --- a record told twice ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measure", "at", "told"),
    [
        row("a referral", "initial_visits_all", "2021-02-01",
            lambda **by: [referral("2021-01-04", **by)]),
        row("an assessment", "single_assessment", "2021-02-01",
            lambda **by: [referral("2021-01-04", **by), assessment("2021-01-04", **by),
                          authorised("2021-01-20", **by)]),
        row("a conference", "icpc_timely", "2021-02-01",
            lambda **by: [strategy_discussion("2021-01-04", **by), enquiry("2021-01-04", **by),
                          conference("2021-01-12", **by)]),
        row("a protection plan", "cp_children", "2021-02-01",
            lambda **by: [plan("2021-01-04", **by)]),
        row("a period of care", "children_in_care", "2021-02-01",
            lambda **by: [entered_care("2021-01-04", **by)]),
        row("a missing episode", "return_interview", "2021-02-01",
            lambda **by: [missing("2021-01-04", **by), interview("2021-01-05", **by)]),
    ],
)  # fmt: skip
def test_a_record_told_by_two_systems_counts_once(measure, at, told):
    """A nightly extract beside a live feed: other ids of events, the same keys of records."""
    live, extract = told(source="live"), told(source="extract")
    assert sum(statuses(measure, [*live, *extract], at).values()) == 1
    assert statuses(measure, [*live, *extract], at) == statuses(measure, live, at)
