"""What the report's chapter on data quality says of records that cannot be right."""

import pytest

from casepulse.report.compose import compose
from casepulse.report.document import Document, Paragraph
from casepulse.report.html import render_html
from casepulse.schemas.measure import Section
from casepulse.schemas.release import Release
from casepulse.shown.blocks import Table
from casepulse.state import COUNTY, Catalogue
from tests.contradictory import contradictory_release


@pytest.fixture(scope="module")
def release(catalogue: Catalogue) -> Release:
    """Of a county that contradicts itself in every way."""
    return contradictory_release(catalogue)


@pytest.fixture(scope="module")
def internal(release: Release, catalogue: Catalogue) -> Document:
    """The edition for the authority's own staff."""
    return compose(release, catalogue)


def names(catalogue: Catalogue) -> list[str]:
    return [
        name for name, each in catalogue.measures.items() if each.section is Section.DATA_QUALITY
    ]


def table(document: Document, key: str) -> Table:
    [found] = [each for each in document.tables() if each.key == key]
    return found


def test_the_chapter_says_how_many_of_each_kind(
    release: Release, internal: Document, catalogue: Catalogue
) -> None:
    text = " ".join(
        sentence.text
        for block in internal.chapters[-1].blocks
        if isinstance(block, Paragraph)
        for sentence in block.sentences
    )
    total = sum(release.measures[name].numerator for name in names(catalogue))
    assert f"At the end of January, {total} records could not be right as they stood" in text
    assert "3 records were still open after a death (unchanged)." in text
    assert "The age of 1 open child was unknown (up from 0)." in text
    assert "6 records ended before they began (unchanged)." in text


def test_localities_and_sorts_add_up_to_each_kind(
    release: Release, internal: Document, catalogue: Catalogue
) -> None:
    for row in table(internal, "data_quality_by_locality").rows:
        county, *localities = (value.number for value in row.values)
        assert county == sum(each for each in localities if each is not None)
        assert row.values[0].of is not None
        assert row.values[0].of.locality == COUNTY
    by_title = {
        group.head: sum(int(row.values[0].number or 0) for row in group.rows)
        for group in table(internal, "data_quality_sorts").groups
    }
    assert by_title == {
        catalogue.measures[name].title: release.measures[name].numerator
        for name in names(catalogue)
    }


def test_thirteen_months_of_each_kind_are_printed(internal: Document, catalogue: Catalogue) -> None:
    rows = list(table(internal, "data_quality_months").rows)
    assert [row.head.shown for row in rows] == [
        catalogue.measures[name].title for name in names(catalogue)
    ]
    assert all(len(row.values) == 13 for row in rows)


def test_the_publishable_edition_has_none_of_it(release: Release, catalogue: Catalogue) -> None:
    document = compose(release, catalogue, edition="publishable")
    html = render_html(document)
    assert not [
        of for value in document.figures() if (of := value.of) and of.measure.startswith("dq_")
    ]
    for name in names(catalogue):
        assert catalogue.measures[name].title not in html
    assert "Records that cannot be right" not in html
