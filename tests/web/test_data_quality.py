"""The page of data quality: which records cannot be right, how many, since when and where."""

import re
from datetime import timedelta

import pytest

from casepulse.schemas.measure import Section
from casepulse.schemas.view import View
from casepulse.web.live_view import Seen
from casepulse.web.pages import Pages
from casepulse.web.rendering import Rendering
from casepulse.web.shown_measures import Shelf
from tests.build import CATALOGUE
from tests.contradictory import contradictory_view

NAMES = [
    name for name, measure in CATALOGUE.measures.items() if measure.section is Section.DATA_QUALITY
]


@pytest.fixture(scope="module")
def seen() -> Seen:
    """The live view of a county that contradicts itself in every way."""
    return Seen(*contradictory_view(CATALOGUE), None)


def rows(seen: Seen) -> dict[str, str]:
    """What each row of the page says, by measure."""
    html = Pages(Shelf(CATALOGUE), Rendering()).page("/data-quality", seen).html
    found = re.findall(r'<tr[^>]*data-measure="(\w+)">(.*?)</tr>', html, re.S)
    return {name: " ".join(re.sub(r"<[^>]+>", " ", row).split()) for name, row in found}


def test_each_kind_has_a_row_with_its_count_and_its_oldest(seen: Seen) -> None:
    told = rows(seen)
    assert list(told) == NAMES
    for name, row in told.items():
        view = seen.measures[name]
        assert view.numerator > 0
        assert row.startswith(f"{CATALOGUE.measures[name].title} {view.numerator} ")
        oldest = min(each.longest_overdue for each in view.awaited if each.longest_overdue)
        day = (oldest - timedelta(hours=1)).date()
        assert f"The oldest since {day.day} {day:%b %Y}" in row
    assert "3 protection plan" in told["dq_death_with_open_records"]
    assert "The oldest since 15 Jan 2021" in told["dq_age_and_status"], "the 18th birthday"


def test_it_links_to_each_list_and_measure(seen: Seen) -> None:
    html = Pages(Shelf(CATALOGUE), Rendering()).page("/data-quality", seen).html
    for name in NAMES:
        assert f'href="/lists/{name}"' in html
        assert f'href="/measures/{name}"' in html


def test_localities_add_up_to_the_county(seen: Seen) -> None:
    html = Pages(Shelf(CATALOGUE), Rendering()).page("/data-quality", seen).html
    _, _, table = html.partition('id="table-data_quality_by_locality"')
    counted = 0
    for row in re.findall(r"<tr.*?</tr>", table, re.S)[1:]:
        county, *localities = map(int, re.findall(r"<td[^>]*>\s*(\d+)\s*</td>", row))
        assert county == sum(localities) > 0
        counted += 1
    assert counted == len(NAMES)


def test_where_nothing_is_wrong_it_says_nought(empty_view: View) -> None:
    nobody = Seen(empty_view.meta, empty_view.measures, None)
    assert {name: row.split(" 0 ")[0] for name, row in rows(nobody).items()} == {
        name: CATALOGUE.measures[name].title for name in NAMES
    }
