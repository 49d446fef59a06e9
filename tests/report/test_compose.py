"""The report of January 2021 as a document: its figures, their order, and what it keeps back."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest

from casepulse.counties.comparison import Compared, Verdict, compare, of_measures
from casepulse.report.compose import compose
from casepulse.report.document import Commentary, Document, Heading, Paragraph
from casepulse.schemas.release import Release
from casepulse.schemas.view import MeasureView, MonthView
from casepulse.shown.blocks import Chart, FigureName, Sentence, Table, Value
from casepulse.shown.figures import UndefinedMeasureError, Withheld, Withholding, shown_measures
from casepulse.shown.localities import has_localities
from casepulse.shown.values import number_words, target_words
from casepulse.state import COUNTY, Catalogue, Figure, open_catalogue, published
from casepulse.state.rating import rate, travel
from casepulse.state.viewing import printed
from tests.document import DASHBOARDS
from tests.report.side_by_side import PRINTED, side_by_side

CATALOGUE = open_catalogue()

# The county is made up and evaluated once, for all of these.
MONTH = "2021-01"

NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?%?")


def comparisons(release: Release, catalogue: Catalogue) -> list[Compared]:
    found = list(compare(catalogue, of_measures(release.measures)))
    assert len(found) == 523
    return found


def name_of(each: Compared) -> FigureName:
    assert each.computed is not None
    return FigureName(each.measure, each.computed.period, each.computed.locality)


def sentences(document: Document) -> Iterator[tuple[str, Sentence]]:
    for chapter in document.chapters:
        for block in chapter.blocks:
            if isinstance(block, Paragraph):
                for sentence in block.sentences:
                    yield chapter.key, sentence


def test_every_figure_of_the_report_that_adds_up_is_printed_as_it_was(
    report: Document, january: Release, catalogue: Catalogue
) -> None:
    shown: dict[FigureName, set[str]] = {}
    for value in report.figures():
        assert value.of is not None
        shown.setdefault(value.of, set()).add(value.shown)
    found = [each for each in comparisons(january, catalogue) if each.verdict is Verdict.EQUAL]
    assert len(found) == 518
    for each in found:
        assert shown[name_of(each)] == {printed_as(each)}, each.name


def printed_as(each: Compared) -> str:
    """How a published figure is shown: a count with commas; [z] where there is nothing to count."""
    computed = each.computed
    assert computed is not None
    if each.printed == "n/a":
        return "[z]"
    return each.printed if computed.denominator is not None else f"{int(each.printed):,}"


def test_numerators_and_denominators_of_localities_are_printed_too(
    report: Document, january: Release, catalogue: Catalogue
) -> None:
    behind = {}
    for table in report.tables():
        if not table.key.endswith("_localities"):
            continue
        for row in table.rows:
            for index in range(0, 9, 3):
                value, numerator, denominator = row.values[index : index + 3]
                assert value.of is not None
                behind[value.of] = numerator.number, denominator.number
    compared = 0
    for each in comparisons(january, catalogue):
        told = each.published
        if each.verdict is Verdict.EQUAL and told.scope in january.profile.localities:
            numerator, denominator = behind[name_of(each)]
            assert told.numerator in (None, numerator), each.name
            assert told.denominator in (None, denominator), each.name
            compared += 1
    assert compared > 100


def test_a_figure_is_shown_the_same_wherever_it_is(report: Document) -> None:
    shown: dict[FigureName, Value] = {}
    for value in report.figures():
        assert value.of is not None
        plain = replace(value, rag=None, bold=False)
        assert shown.setdefault(value.of, plain) == plain


def test_every_measure_is_printed_with_thirteen_months(report: Document, january: Release) -> None:
    names = {value.of for value in report.figures()}
    for measure, view in january.measures.items():
        assert {FigureName(measure, each.month, COUNTY) for each in view.series} <= names
        assert len(view.series) == 13


def test_the_chapters_come_in_the_reports_order(report: Document) -> None:
    assert [chapter.title for chapter in report.chapters] == [
        "Overview",
        "Performance Dashboard",
        "Executive Summary",
        "Demand Dashboard",
        "Contact, Referral and Assessment",
        "Early Help",
        "Children in Need",
        "Child Protection",
        "Children in Care",
        "Education of Children in Care",
        "Children Leaving Care",
        "Missing Children and Child Exploitation",
        "Legal Proceedings",
        "Workforce",
        "Definitions",
        "Data Quality",
    ]


def test_every_key_is_unique_and_plain(report: Document) -> None:
    for kind in (Heading, Table, Chart, Commentary):
        keys = [block.key for block in report.blocks() if isinstance(block, kind)]
        assert len(keys) == len(set(keys))
        assert all(re.fullmatch("[a-z0-9_]+", key) for key in keys)


def test_the_overview_counts_the_dashboard(report: Document, january: Release) -> None:
    board = [each for each in january.measures.values() if each.dashboard]
    went = Counter(each.direction for each in board)
    rated = Counter(each.rag for each in board)
    text = " ".join(sentence.text for key, sentence in sentences(report) if key == "overview")
    assert (
        f"Of the 51 measures on the performance dashboard, {went['improved']} improved in January, "
        f"{went['declined']} declined and {went['same']} stayed the same."
    ) in text
    assert (
        f"{51 - rated[None]} are rated against a target: {rated['green']} Green, "
        f"{rated['yellow']} Yellow and {rated['red']} Red."
    ) in text
    table = next(table for table in report.tables() if table.key == "overview_counts")
    *parts, whole = [[cell.number for cell in row.values] for row in table.rows]
    assert [sum(column) for column in zip(*parts, strict=True)] == whole
    assert whole[:4] == [51, went["improved"], went["declined"], went["same"]]


def test_the_dashboard_has_its_lines_in_order_with_the_plan_in_bold(
    report: Document, january: Release
) -> None:
    table = next(table for table in report.tables() if table.key == "dashboard")
    rows = list(table.rows)
    titles = [january.measures[name].title for name in CATALOGUE.part_of]
    assert [row.head.shown for row in rows] == titles
    assert [row.head.bold for row in rows] == [
        january.measures[name].aip for name in CATALOGUE.part_of
    ]
    assert sum(row.head.bold for row in rows) > 5
    shown = [row.values[0].shown for row in rows]
    assert shown == [(january.measures[name].rag or "").capitalize() for name in CATALOGUE.part_of]
    assert len(table.groups) == 7


def test_every_number_in_a_sentence_is_one_of_its_figures(
    report: Document, january: Release, catalogue: Catalogue
) -> None:
    measures = shown_measures(january, catalogue)
    checked = 0
    for chapter, sentence in sentences(report):
        if not sentence.figures or (chapter == "overview" and "%" not in sentence.text):
            continue
        allowed = {"10"} if "cases or more" in sentence.text else set()
        text = re.sub(r"(at least )?\d+ months(?! or)", "", sentence.text)
        text = re.sub(r"^\d measures? (is|are) ", "", text)
        for name in sentence.figures:
            measure = measures[name.measure]
            figures = [*measure.series, *(m for ms in measure.localities.values() for m in ms)]
            figure = next(each for each in figures if each.name == name)
            numbers = [figure.numerator, figure.denominator]
            allowed |= {number_words(each, "count") for each in numbers if each is not None}
            assert figure.value is not None
            allowed.add(number_words(figure.value, figure.unit))
            targets = [measure.target, *(value for _, value in measure.comparators)]
            allowed |= {target_words(each, measure.unit) for each in targets if each is not None}
            phrase = measure.phrase
            for words in (phrase.subject, phrase.said, phrase.alone):
                allowed |= set(NUMBER.findall(words))
        numbers_told = [each.rstrip(",") for each in NUMBER.findall(text)]
        assert set(numbers_told) <= allowed, (sentence.text, set(numbers_told) - allowed)
        checked += bool(numbers_told)
    assert checked > 300


def test_every_chart_has_its_months_its_title_and_its_words(report: Document) -> None:
    charts = [block for block in report.blocks() if isinstance(block, Chart)]
    for chart in charts:
        assert len(chart.months) == len(chart.lines[0].points)
        assert len(chart.months) in (13, 10), chart.key  # ten of what adds up from April
        assert re.search(r" (improved|declined|rose|fell) to | stayed at | reached ", chart.title)
        assert chart.alt.startswith(("Line chart of", "Column chart of"))
    drawn = {chart.key.removesuffix("_chart") for chart in charts}
    assert set(CATALOGUE.part_of) <= drawn
    visits = next(chart for chart in charts if chart.key == "initial_visits_all_chart")
    assert (
        visits.title == "Timeliness of initial visits improved to 81%, within tolerance of target"
    )
    assert visits.target == 85


def test_localities_stand_best_first_in_each_month(report: Document, january: Release) -> None:
    tables = [table for table in report.tables() if table.key.endswith("_by_locality")]
    assert len(tables) > 30
    for table in tables:
        measure = january.measures[table.key.removesuffix("_by_locality")]
        for column in (1, 3, 5):
            cells = [row.values[column] for row in table.rows]
            numbers = [cell.number for cell in cells if cell.number is not None]
            assert numbers == sorted(numbers, reverse=measure.better == "high")
            assert all(cell.number is None for cell in cells[len(numbers) :])
            names = [row.values[column - 1].shown for row in table.rows]
            assert sorted(names) == sorted(january.profile.localities)
            assert [cell.of and cell.of.locality for cell in cells] == names


def test_initial_visits_by_locality_are_those_that_the_report_printed(report: Document) -> None:
    table = next(t for t in report.tables() if t.key == "initial_visits_all_by_locality")
    last = [(row.values[4].shown, row.values[5].shown) for row in table.rows]
    assert last == [
        ("Tewkesbury", "92%"),
        ("Stroud", "90%"),
        ("Cotswolds", "85%"),
        ("Cheltenham", "83%"),
        ("FoD", "78%"),
        ("Gloucester", "76%"),
        ("Other", "58%"),
        ("DCYPS", "50%"),
    ]
    assert any("DCYPS in January (2)" in note for note in table.notes)


def test_the_authors_words_stand_in_their_place(january: Release, catalogue: Catalogue) -> None:
    words = {"overview": "A hard month.", "contact_initial_visits": "Two workers were ill."}
    document = compose(january, catalogue, commentary=words)
    told = {b.key: b.text for b in document.blocks() if isinstance(b, Commentary) and b.text}
    assert told == words


def test_no_id_of_a_measure_is_printed(report: Document, catalogue: Catalogue) -> None:
    ids = {name for name in catalogue.measures if "_" in name}
    for table in report.tables():
        for row in table.rows if table.key != "facts" else ():  # whose types have names alike
            for value in (row.head, *row.values):
                assert not ids & set(re.findall(r"\w+", value.shown)), value.shown
    for _, sentence in sentences(report):
        assert not ids & set(re.findall(r"\w+", sentence.text))


def test_the_contradictions_are_those_of_january_alone(
    report: Document, january: Release, catalogue: Catalogue
) -> None:
    assert any(table.key == "contradictions" for table in report.tables())
    for other in (
        january.model_copy(update={"month": "2021-02"}),
        january.model_copy(update={"authority": "Another county"}),
    ):
        document = compose(other, catalogue)
        assert not any(table.key == "contradictions" for table in document.tables())


def test_a_release_with_a_measure_that_nobody_defines_is_refused(
    january: Release, catalogue: Catalogue
) -> None:
    visits = january.measures["cp_visits"]
    odd = january.model_copy(update={"measures": {"cp_visits": visits, "odd": visits}})
    with pytest.raises(UndefinedMeasureError, match="not in the catalogue: odd"):
        compose(odd, catalogue)


def test_every_direction_of_travel_is_the_reports_and_for_as_many_months(
    january: Release, catalogue: Catalogue
) -> None:
    ours = shown_measures(january, catalogue)
    told = {name: printed for name, printed in PRINTED.items() if printed.direction}
    assert len(told) == 50
    assert {name: ours[name].direction for name in told} == {
        name: printed.direction for name, printed in told.items()
    }
    running = {name: printed.running for name, printed in told.items() if printed.running}
    assert len(running) == 17
    assert {name: ours[name].months_running for name in running} == running


def test_the_dashboards_stand_side_by_side(january: Release, catalogue: Catalogue) -> None:
    assert set(PRINTED) == set(CATALOGUE.part_of)
    text = side_by_side(january, catalogue)
    assert "- Values: 51 of 51 are equal." in text
    assert text.count("| equal |") == 51
    assert "- Directions: 50 of the 50 that the report tells are the same." in text
    assert "| differs |" not in text
    assert DASHBOARDS.read_text("utf-8") == text, "make document"


# What is withheld


def names_of(view: MeasureView) -> list[FigureName]:
    county = [FigureName(view.measure, each.month, COUNTY) for each in view.series]
    local = [
        FigureName(view.measure, month.month, locality)
        for locality, months in view.localities.items()
        for month in months
    ]
    return county + local


def drawn(release: Release, share: float, seed: int) -> Withheld:
    """Some figures, by lot; of percentages sometimes the denominator, too."""
    random = Random(seed)
    lots: dict[FigureName, Withholding] = {
        name: random.choice(("numerator", "all"))
        for view in release.measures.values()
        for name in names_of(view)
        if random.random() < share
    }
    return lambda name: lots.get(name, "nothing")


def otherwise(release: Release, catalogue: Catalogue, withheld: Withheld, seed: int) -> Release:
    """The same release with other numbers wherever they are withheld."""
    random = Random(seed)

    def other(name: str, locality: str, month: MonthView) -> MonthView:
        what = withheld(FigureName(name, month.month, locality))
        if what == "nothing":
            return month
        measure, denominator = catalogue.measures[name], month.denominator
        if what == "all" and denominator is not None:
            denominator = random.randint(0, 300)
        numerator = random.randint(0, max(denominator or 0, 9))
        figure = Figure(name, month.month, locality, numerator, denominator, {}, measure.scale)
        return MonthView(
            month=month.month,
            numerator=numerator,
            denominator=denominator,
            published=printed(figure, measure.decimals),
        )

    measures = {}
    for name, view in release.measures.items():
        series = [other(name, COUNTY, each) for each in view.series]
        local = {
            locality: [other(name, locality, each) for each in months]
            for locality, months in view.localities.items()
        }
        measures[name] = rated(view, series, catalogue).model_copy(update={"localities": local})
    return release.model_copy(update={"measures": measures})


def rated(view: MeasureView, series: list[MonthView], catalogue: Catalogue) -> MeasureView:
    measure, profile = catalogue.measures[view.measure], catalogue.profile
    figures = [
        Figure(measure.id, m.month, COUNTY, m.numerator, m.denominator, {}, measure.scale)
        for m in series
    ]
    moved = travel([published(each, measure.decimals) for each in figures], measure.better)
    rag = rate(
        [each.value for each in figures],
        view.target,
        profile.rag.tolerance if view.tolerance is None else view.tolerance,
        measure.better,
        profile.rag,
    )
    return view.model_copy(
        update={
            "series": series,
            "numerator": series[-1].numerator,
            "denominator": series[-1].denominator,
            "published": series[-1].published,
            "late": 0,
            "cells": [],
            "rag": rag and rag.value,
            "direction": moved and moved.direction.value,
            "months_running": moved.months if moved else 0,
        }
    )


@pytest.mark.parametrize(("share", "seed"), [(0.03, 1), (0.2, 2), (0.5, 3), (1.0, 4)])
def test_nothing_in_the_report_depends_on_what_is_withheld(
    january: Release, catalogue: Catalogue, share: float, seed: int
) -> None:
    withheld = drawn(january, share, seed)
    one = compose(january, catalogue, edition="publishable", withheld=withheld)
    other = otherwise(january, catalogue, withheld, seed)
    assert other.measures != january.measures
    two = compose(other, catalogue, edition="publishable", withheld=withheld)
    for first, second in zip(one.blocks(), two.blocks(), strict=True):
        assert first == second
    assert one == two


def test_what_is_not_withheld_tells_in_the_report(january: Release, catalogue: Catalogue) -> None:
    """The test above can fail: the same change shows where nothing is withheld."""
    withheld = drawn(january, 0.03, 1)
    other = otherwise(january, catalogue, withheld, 1)
    one, two = (compose(each, catalogue, edition="publishable") for each in (january, other))
    assert one != two


def test_a_withheld_figure_is_marked_and_its_denominator_shown_if_that_may_be(
    january: Release, catalogue: Catalogue
) -> None:
    numerator = FigureName("initial_visits_all", MONTH, "Cheltenham")
    whole = FigureName("initial_visits_all", MONTH, "Stroud")
    kept: dict[FigureName, Withholding] = {numerator: "numerator", whole: "all"}
    document = compose(january, catalogue, withheld=lambda name: kept.get(name, "nothing"))
    for value in document.figures():
        assert (value.shown == "[c]") == (value.of in kept)
        assert value.of not in kept or value.number is None
    table = next(table for table in document.tables() if table.key == "contact_localities")
    rows = {row.values[6].of: [cell.shown for cell in row.values[6:]] for row in table.rows}
    assert rows[numerator] == ["[c]", "[c]", "48"]
    assert rows[whole] == ["[c]", "[c]", "[c]"]
    assert any(note.startswith("[c]: withheld") for note in table.notes)


def test_the_publishable_edition_has_no_counts_of_facts_and_no_hash(
    january: Release, catalogue: Catalogue
) -> None:
    document = compose(january, catalogue, edition="publishable")
    assert not any(table.key == "facts" for table in document.tables())
    assert not any("hash" in name.lower() for name, _ in document.facts)


def test_a_table_of_localities_shows_even_what_is_wholly_withheld(
    january: Release, catalogue: Catalogue
) -> None:
    measure = shown_measures(january, catalogue, lambda _: "all")["initial_visits_all"]
    assert has_localities(measure)
