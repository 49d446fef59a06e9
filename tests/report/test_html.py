"""The HTML of the report: whole, readable by all, and every figure in its cell."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from casepulse.report import html
from casepulse.report.document import Chapter, Document, Heading
from casepulse.report.html import StylesMissingError, render_html
from casepulse.shown.blocks import Column, Row, RowGroup, Table, Value
from tests.report.browsing import opened, violations
from tests.report.example import example


class Cells(HTMLParser):
    """What stands in each row of the page's tables, and which figures its cells name."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.figures: list[tuple[str, str]] = []
        self._cell: list[str] | None = None
        self._named: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self._cell, self._named = [], dict(attrs).get("data-figure")

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self._cell is not None:
            words = " ".join("".join(self._cell).split())
            self.rows[-1].append(words)
            if self._named is not None:
                self.figures.append((self._named, words))
            self._cell = None


@pytest.fixture(scope="module")
def page() -> str:
    return render_html(example())


def test_every_figure_stands_in_a_cell_that_names_it(page: str) -> None:
    wanted = [("|".join(value.of), value.shown) for value in example().figures() if value.of]
    assert Cells(page).figures == wanted


def test_every_row_of_every_table_stands_in_the_page(page: str) -> None:
    rows = Cells(page).rows
    for table in example().tables():
        assert [column.head for column in table.columns] in rows
        for row in table.rows:
            assert [value.shown for value in (row.head, *row.values)] in rows


def test_a_sentence_names_its_figures(page: str) -> None:
    name = "initial_visits_all|2021-01|county"
    sentence = "Timeliness of initial visits improved (81%, 333 of 413 children)."
    assert f'<span data-figures="{name}">{sentence}</span>' in page
    assert "<span>One measure improved in January, and two declined.</span>" in page


def test_a_rating_is_a_word_and_a_colour(page: str) -> None:
    for colour in ("green", "yellow", "red"):
        tag = f'<strong class="govuk-tag govuk-tag--{colour}">{colour.capitalize()}</strong>'
        assert page.count(tag) == 1


def test_only_measures_of_the_plan_are_bold(page: str) -> None:
    assert "<strong>Initial visits in time</strong>" in page
    assert "<strong>Initial contact decision in time</strong>" not in page


def test_marks_are_explained(page: str) -> None:
    key = page[page.index('id="key"') : page.index('id="chapter-overview"')]
    assert ">[c]<" in key
    assert ">[z]<" in key


def test_commentary_is_the_authors_and_nobody_elses_markup(page: str) -> None:
    assert "began again on &lt;11 January&gt; &amp; have been in time since." in page
    assert page.count("Author’s commentary") == 2


def test_a_place_for_commentary_is_shown_within_and_not_published() -> None:
    prompt = "Why did visits improve?"
    assert prompt in render_html(example())
    published = render_html(example("publishable"))
    assert prompt not in published
    assert "not written yet" not in published
    assert "Visits were paused in the first week of January." in published


def test_a_charts_figures_stand_below_it_as_a_table(page: str) -> None:
    rows = Cells(page).rows
    assert ["Month", "In time", "Accepted"] in rows
    assert ["Mar 2020", "47%", "72%"] in rows
    assert ["Apr 2020", "No figure", "73%"] in rows


def test_the_same_document_gives_the_same_page(page: str) -> None:
    assert render_html(example()) == page


def test_styles_that_are_not_there_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "_STYLES", "no-such-file.css")
    with pytest.raises(StylesMissingError, match=r"deploy/assets\.py"):
        render_html(example())


def test_nothing_of_gov_uk_alone_is_used(page: str) -> None:
    for word in ("@font-face", "GDS Transport", "url("):
        assert word not in page


@pytest.mark.parametrize("width", [320, 768, 1280])
@pytest.mark.parametrize("edition", ["internal", "publishable"])
def test_it_is_accessible(width: int, edition: str) -> None:
    assert found_by_axe(render_html(example(edition)), width) == []  # type: ignore[arg-type]


def test_axe_would_find_what_is_not_accessible(page: str) -> None:
    spoilt = page.replace(' lang="en-GB"', "").replace(' alt="', ' data-alt="')
    rules = {each.partition(":")[0] for each in found_by_axe(spoilt, 768)}
    assert {"html-has-lang", "image-alt"} <= rules


def test_the_page_asks_for_nothing(page: str) -> None:
    asked: list[str] = []
    with opened(page, asked):
        pass
    assert asked == []


def test_the_keyboard_reaches_a_wide_table_and_scrolls_it(page: str) -> None:
    with opened(page, [], width=768) as shown:
        wide = shown.locator("[role=region]:has(#table-demand)")
        for _ in range(60):
            shown.keyboard.press("Tab")
            if wide.evaluate("region => region === document.activeElement"):
                break
        assert wide.evaluate("region => region === document.activeElement")
        shown.keyboard.press("ArrowRight")
        shown.wait_for_function("() => document.activeElement.scrollLeft > 0")


def test_the_first_stop_of_the_keyboard_skips_to_the_content(page: str) -> None:
    with opened(page, []) as shown:
        shown.keyboard.press("Tab")
        assert shown.evaluate("document.activeElement.getAttribute('href')") == "#main-content"


def test_contents_lead_to_the_chapters(page: str) -> None:
    with opened(page, []) as shown:
        shown.get_by_role("link", name="Children in Care", exact=True).click()
        assert shown.evaluate("location.hash") == "#chapter-children_in_care"
        assert shown.locator("#chapter-children_in_care").is_visible()


def test_no_two_ids_are_the_same() -> None:
    # A table, a chapter and a heading may have the same key.
    table = Table("same", "T", (Column("A"),), (RowGroup("", (Row(Value("a"), ()),)),))
    chapter = Chapter("same", "Same", (Heading("Same", "same"), table))
    document: Document = replace(example(), chapters=(chapter,))
    with opened(render_html(document), []) as shown:
        ids = shown.evaluate("[...document.querySelectorAll('[id]')].map(each => each.id)")
    assert len(ids) == len(set(ids))


def found_by_axe(page: str, width: int) -> list[str]:
    with opened(page, [], width=width) as shown:
        return violations(shown)
