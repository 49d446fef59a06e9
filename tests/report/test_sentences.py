"""What the rules write: grammar, directions, targets, comparators, and nothing that is withheld."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from casepulse.report.compose import compose
from casepulse.report.document import Paragraph
from casepulse.report.phrases import clause
from casepulse.report.sentences import about, in_short, performance, said, to_target
from casepulse.report.topics import standing_topics
from casepulse.schemas.phrase import Phrase
from casepulse.schemas.release import Kind, Release
from casepulse.schemas.view import View
from casepulse.shown.blocks import FigureName
from casepulse.shown.charts import chart_alt, chart_of, chart_title
from casepulse.shown.directions import direction_words
from casepulse.shown.figures import ShownMeasure, Withheld, nothing_withheld, shown_measures
from casepulse.state import Catalogue, Figure, open_catalogue
from casepulse.state.calendar import month_of, months_back, reporting_month
from casepulse.state.figures import published
from casepulse.state.rating import rate, travel
from casepulse.state.viewing import printed

CATALOGUE = open_catalogue()

Counts = Sequence[tuple[int, int | None]]


@pytest.fixture(scope="module")
def empty(empty_view: View) -> Release:
    """A release of January 2021 without a case."""
    at = empty_view.meta.as_of.replace(month=2, day=1, hour=0)
    return Release(
        authority="County",
        month="2021-01",
        number=1,
        kind=Kind.FINAL,
        at=at,
        known=at,
        definitions="0",
        profile=CATALOGUE.profile,
        bank_holidays=[],
        facts={},
        measures=empty_view.measures,
    )


def told(
    release: Release,
    name: str,
    counts: Counts,
    month: str = "2021-01",
    withheld: Withheld = nothing_withheld,
) -> ShownMeasure:
    """A measure whose last months have these numerators and denominators, the first the oldest;
    the months before have those of the first."""
    measure = CATALOGUE.measures[name]
    view = release.measures[name]
    series = [*[counts[0]] * (13 - len(counts)), *counts]
    last = reporting_month(release.at).replace(year=int(month[:4]), month=int(month[5:]))
    months = [month_of(each) for each in months_back(last, 13)]
    figures = [
        Figure(name, each, "county", *numbers, {}, measure.scale)
        for each, numbers in zip(months, series, strict=True)
    ]
    values = [published(each, measure.decimals) for each in figures]
    moved = travel(values, measure.better)
    rule = CATALOGUE.profile.rag
    rag = rate([each.value for each in figures], view.target, rule.tolerance, measure.better, rule)
    changed = view.model_copy(
        update={
            "series": [
                view.series[0].model_copy(
                    update={
                        "month": each.period,
                        "numerator": each.numerator,
                        "denominator": each.denominator,
                        "published": printed(each, measure.decimals),
                    }
                )
                for each in figures
            ],
            "rag": rag and rag.value,
            "direction": moved and moved.direction.value,
            "months_running": moved.months if moved else 0,
        }
    )
    whole = release.model_copy(update={"measures": {name: changed}})
    return shown_measures(whole, CATALOGUE, withheld)[name]


SAID = [
    (
        "initial_visits_all",
        [(75, 100), (333, 413)],
        "Timeliness of initial visits improved in January (81%, 333 of 413 children, up from 75%). "
        "Performance is within tolerance of target (85%). "
        "This measure is monitored in the Accelerated Improvement Plan.",
    ),
    (
        "initial_visits_all",
        [(90, 100), (80, 100), (70, 100), (1, 1)],
        "Timeliness of initial visits improved in January (100%, 1 of 1 child, up from 70%). "
        "Performance is better than target (85%). "
        "This measure is monitored in the Accelerated Improvement Plan.",
    ),
    (
        "initial_visits_all",
        [(90, 100), (80, 100), (70, 100), (69, 100)],
        "Timeliness of initial visits declined for the third month running in January "
        "(69%, 69 of 100 children, down from 70%). "
        "Performance is significantly below target (85%) and has been outside tolerance for "
        "3 months. This measure is monitored in the Accelerated Improvement Plan.",
    ),
    (
        "initial_visits_all",
        [(0, 0)],
        "Timeliness of initial visits cannot be given for January, as there were no children to "
        "count. This measure is monitored in the Accelerated Improvement Plan.",
    ),
    (
        "cic_reviews_timely",
        [(99, 100), (100, 100), (99, 99), (98, 98)],
        "Timeliness of reviews of children in care has been 100% for 3 months "
        "(98 of 98 reviews). Performance is better than target (98%).",
    ),
    (
        "cic_reviews_timely",
        [(99, 100), (49, 50)],
        "Timeliness of reviews of children in care declined in January "
        "(98%, 49 of 50 reviews, down from 99%). Performance is on target (98%).",
    ),
    (
        "re_referrals",
        [(20, 100), (30, 100)],
        "The proportion of referrals that were re-referrals rose in January "
        "(30%, 30 of 100 referrals, up from 20%). Performance is worse than target (24%). "
        "This is worse than our peer group (20.3%).",
    ),
    (
        "re_referrals",
        [(50, 100), (40, 100)],
        "The proportion of referrals that were re-referrals fell in January "
        "(40%, 40 of 100 referrals, down from 50%). Performance is significantly worse than target "
        "(24%) and has been outside tolerance for at least 13 months. "
        "This is worse than our peer group (20.3%).",
    ),
    (
        "sdq_average",
        [(145, 10), (154, 10)],
        "The average Strengths and Difficulties score of children in care aged 4 to 16 rose in "
        "January (15.4, up from 14.5). This is the same as our statistical neighbours (15.4).",
    ),
    (
        "cp_rate",
        [(500, 100_000), (300, 100_000)],
        "The rate of children subject to a protection plan per 10,000 children fell in January "
        "(30.0, down from 50.0). This is better than our peer group (37.3).",
    ),
    (
        "referral_rate",
        [(3000, 100_000), (4500, 100_000)],
        "The rate of referrals per 10,000 children in the financial year to date was 450.0 at the "
        "end of January. This is higher than our peer group (407.5).",
    ),
    (
        "cl_higher_education",
        [(5, 100)],
        "The proportion of care leavers in full-time higher education has stayed the same for at "
        "least 12 months (5.0%, 5 of 100 care leavers). This is better than our peer group (4.4%). "
        "This is worse than the national figure (6%).",
    ),
    (
        "pep",
        [(9, 10), (81, 100)],
        "The proportion of children in care whose personal education plan meeting was held or "
        "planned in the term was 81% at the end of January (81 of 100 children, compared with 90% "
        "in the term before).",
    ),
]


@pytest.mark.parametrize(("name", "counts", "words"), SAID)
def test_a_measure_is_spoken_of(empty: Release, name: str, counts: Counts, words: str) -> None:
    assert " ".join(each.text for each in about(told(empty, name, counts))) == words


CLAUSES = [
    ("initial_visits_late", [(1, 10)], "In January, 1 initial visit was completed but overdue"),
    ("cp_children", [(703, None), (724, None)], "At the end of January, 724 children were subject"),
    ("step_up", [(0, None)], "In January, no children were stepped up to Tier 4 from Targeted"),
    ("eh_my_plan_open", [(0, None)], "At the end of January, none of these were My Plans"),
    ("step_up", [(1, None)], "In January, 1 child was stepped up to Tier 4 from Targeted Support"),
    (
        "admissions_to_care",
        [(284, None), (304, None)],
        "In the financial year to the end of January, there were 304 admissions to care.",
    ),
    (
        "admissions_to_care",
        [(1, None)],
        "In the financial year to the end of January, there was 1 admission to care.",
    ),
]


@pytest.mark.parametrize(("name", "counts", "words"), CLAUSES)
def test_a_clause_agrees_with_its_number(
    empty: Release, name: str, counts: Counts, words: str
) -> None:
    sentence = said(told(empty, name, counts), opening=True)
    assert sentence is not None
    assert sentence.text.startswith(words)


CHANGES = [
    ("cp_children", [(703, None), (724, None)], "(up from 703)."),
    ("contacts_received", [(2520, None), (2449, None)], "(down from 2,520)."),
    ("cp_children", [(724, None)], "(unchanged)."),
    ("initial_visits_late", [(18, 100), (14, 100)], "(14% of 100, down from 18%)."),
    ("step_down", [(1, 10), (1, 1)], "(100% of 1 plan that ended, up from 10%)."),
]


@pytest.mark.parametrize(("name", "counts", "words"), CHANGES)
def test_a_clause_says_what_changed(empty: Release, name: str, counts: Counts, words: str) -> None:
    sentence = said(told(empty, name, counts))
    assert sentence is not None
    assert sentence.text.endswith(words)


SHORT = [
    ([(75, 100), (81, 100)], "improved and is within tolerance of target (81%)."),
    ([(65, 100), (75, 100)], "improved but is below target (75%)."),
    ([(95, 100), (90, 100)], "declined but is better than target (90%)."),
    ([(70, 100), (60, 100)], "declined and is significantly below target (60%)."),
    ([(85, 100)], "has stayed the same for at least 12 months and is on target (85%)."),
]


@pytest.mark.parametrize(("counts", "words"), SHORT)
def test_the_summary_joins_direction_and_target(empty: Release, counts: Counts, words: str) -> None:
    sentence = in_short(told(empty, "initial_visits_all", counts))
    assert sentence is not None
    assert sentence.text == f"Timeliness of initial visits {words}"


DIRECTIONS = [
    ("initial_visits_all", [(1, 10), (2, 10)], "Improved"),
    ("initial_visits_all", [(5, 10), (4, 10), (3, 10)], "Declined for 2nd month"),
    ("initial_visits_all", [(5, 10), (4, 10), (4, 10)], "Stayed the same"),
    ("initial_visits_all", [(5, 10), (4, 10), (4, 10), (4, 10)], "Stayed the same for 2 months"),
    ("initial_visits_all", [(5, 10)], "Stayed the same for at least 12 months"),
    ("initial_visits_all", [(5, 10), *[(5, 5)] * 10], "100% for 10 months"),
    ("initial_visits_all", [(5, 5)], "100% for at least 13 months"),
    ("re_referrals", [(1, 10), (2, 10)], "Declined (increased)"),
    ("re_referrals", [(3, 10), (2, 10), (1, 10)], "Improved (decreased) for 2nd month"),
    ("initial_visits_all", [(n, 100) for n in range(13)], "Improved for at least 12 months"),
    ("initial_visits_all", [(0, 0), (1, 2)], ""),
]


@pytest.mark.parametrize(("name", "counts", "words"), DIRECTIONS)
def test_the_direction_of_travel_is_worded_as_the_report_words_it(
    empty: Release, name: str, counts: Counts, words: str
) -> None:
    assert direction_words(told(empty, name, counts)) == words


def test_a_window_that_begins_anew_is_not_held_against_the_one_before(empty: Release) -> None:
    april = told(empty, "re_referrals_fytd", [(30, 100), (1, 10)], month="2021-04")
    assert performance(april).text == (
        "The proportion of referrals in the financial year to date that were re-referrals was 10% "
        "at the end of April (1 of 10 referrals, compared with 30% in the financial year before)."
    )
    assert chart_of(april) is None
    may = told(empty, "re_referrals_fytd", [(1, 10), (2, 10)], month="2021-05")
    drawn = chart_of(may)
    assert drawn is not None
    assert drawn.months == ("2021-04", "2021-05")


def test_a_chart_says_what_it_shows(empty: Release) -> None:
    measure = told(empty, "single_assessment", [(80, 100), (90, 100), (70, 100), (87, 100)])
    assert chart_title(measure) == (
        "Timeliness of single assessments improved to 87%, better than target"
    )
    assert chart_alt(measure) == (
        "Line chart of 13 months. Single assessments completed in timescale: from 80% in January "
        "2020 to 87% in January 2021; highest 90% in November 2020, lowest 70% in December 2020. "
        "The target is 85%. Our peer group: 84.3%."
    )


def withholding(*months: str) -> Withheld:
    return lambda name: "numerator" if name.period in months else "nothing"


def test_a_withheld_month_is_not_spoken_of(empty: Release) -> None:
    counts = [(80, 100), (70, 100), (60, 100), (50, 100)]
    hidden = told(empty, "initial_visits_all", counts, withheld=withholding("2021-01"))
    assert performance(hidden).text == (
        "Timeliness of initial visits is not shown for January, so that nobody can be recognised."
    )
    assert (to_target(hidden), in_short(hidden), said(hidden)) == (None, None, None)
    assert (hidden.rag, hidden.direction, direction_words(hidden)) == (None, None, "")
    assert chart_title(hidden) == "Timeliness of initial visits is not shown"
    assert "50%" not in chart_alt(hidden)
    assert "1 month is withheld." in chart_alt(hidden)
    drawn = chart_of(hidden)
    assert drawn is not None
    assert drawn.lines[0].points[-1] is None


def test_the_month_before_withheld_leaves_no_direction(empty: Release) -> None:
    counts = [(80, 100), (70, 100), (60, 100), (50, 100)]
    hidden = told(empty, "initial_visits_all", counts, withheld=withholding("2020-12"))
    assert performance(hidden).text == (
        "Timeliness of initial visits was 50% in January (50 of 100 children)."
    )
    assert hidden.direction is None
    assert hidden.rag is None  # Red, or Yellow: that depends on the months before


def test_a_run_that_a_withheld_month_may_belong_to_is_not_counted(empty: Release) -> None:
    counts = [(80, 100), (70, 100), (60, 100), (50, 100)]
    assert told(empty, "initial_visits_all", counts).months_running == 3
    for month in ("2020-11", "2020-10", "2020-09"):
        hidden = told(empty, "initial_visits_all", counts, withheld=withholding(month))
        assert (month, hidden.months_running) == (month, 1)
    hidden = told(empty, "initial_visits_all", counts, withheld=withholding("2020-08"))
    assert hidden.months_running == 3


def test_a_run_outside_tolerance_that_a_withheld_month_may_belong_to_is_not_counted(
    empty: Release,
) -> None:
    counts = [(90, 100), (70, 100), (60, 100), (50, 100)]
    words = "Performance is significantly below target (85%)"
    for month, said_so in (
        ("2020-08", " and has been outside tolerance for 3 months."),
        ("2020-10", "."),
        ("2020-11", "."),
    ):
        hidden = told(empty, "initial_visits_all", counts, withheld=withholding(month))
        sentence = to_target(hidden)
        assert sentence is not None
        assert sentence.text == f"{words}{said_so}"


def test_a_county_without_a_case_has_a_report(empty: Release) -> None:
    document = compose(empty, CATALOGUE)
    shown = {value.shown for value in document.figures()}
    assert shown == {"[z]", "0", "0.0"}
    overview = document.chapters[0].blocks[1]
    assert isinstance(overview, Paragraph)
    assert [each.text for each in overview.sentences] == [
        "Of the 51 measures on the performance dashboard, 0 improved in January, 0 declined and "
        "0 stayed the same.",
        "The direction of 51 cannot be shown.",
        "0 are rated against a target: 0 Green, 0 Yellow and 0 Red.",
    ]


def test_a_restated_report_says_why_and_who_approved_it(empty: Release) -> None:
    restated = empty.model_copy(
        update={
            "kind": Kind.RESTATED,
            "reason": "Visits of one team were recorded late.",
            "approved_by": "Director of Children's Services",
        }
    )
    opening = compose(restated, CATALOGUE).chapters[0].blocks[0]
    assert isinstance(opening, Paragraph)
    assert opening.sentences[-1].text == (
        "It restates figures that were published before, as approved by: Director of Children's "
        "Services. Reason: Visits of one team were recorded late."
    )


def test_a_measure_that_nobody_worded_is_spoken_of_by_its_title(empty: Release) -> None:
    worded = told(empty, "initial_visits_late", [(1, 10), (2, 10)])
    measure = replace(worded, definition=replace(worded.definition, phrase=Phrase()))
    sentence = said(measure)
    assert sentence is not None
    assert sentence.text == "Initial visits completed but overdue: 20% (2 of 10, up from 10%)."
    assert sentence.figures == (
        FigureName("initial_visits_late", "2021-01", "county"),
        FigureName("initial_visits_late", "2020-12", "county"),
    )


def test_every_measure_stands_once_in_a_topic_of_its_own_section() -> None:
    named = [
        (name, section)
        for section, topics in standing_topics().items()
        for names in topics.values()
        for name in names
    ]
    assert len(named) == len(set(named)) == len(CATALOGUE.measures)
    sections = {name: each.section.value for name, each in CATALOGUE.measures.items()}
    assert dict(named) == sections


def test_every_measure_has_either_a_subject_or_a_clause_with_its_number() -> None:
    for name, measure in CATALOGUE.measures.items():
        phrase = measure.phrase
        assert bool(phrase.subject) != bool(phrase.said), name
        for words in filter(None, (phrase.said, phrase.alone)):
            assert "17" in clause(words, 17), name
            assert not set("{}[]|") & set(clause(words, 1)), name
        if measure.is_percentage and phrase.subject:
            assert all(phrase.of), name


def test_standards_are_not_written_into_the_words(catalogue: Catalogue) -> None:
    """Another profile has other standards: a number in the words is one in the title."""
    for name, measure in catalogue.measures.items():
        for words in (measure.phrase.subject, measure.phrase.said):
            numbers = {each for each in words.replace(",", "").split() if each.isdigit()}
            title = measure.title.replace("-", " ").replace(",", "").split()
            assert numbers <= set(title) or name in _NUMBERED, name


#: Whose numbers stand in the definition, though not in the title.
_NUMBERED: set[str] = set()
