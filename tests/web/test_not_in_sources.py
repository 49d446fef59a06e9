"""What no source tells: the pages and the API name it, and show no figure."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from casepulse.schemas.profile import load_profile
from casepulse.state import Catalogue, catalogue_for, open_catalogue
from casepulse.web.application import application
from casepulse.web.live_view import Seen
from tests.web.conftest import Still
from tests.web.test_pages import words

DECIDED = "initial_contact_decision"
TITLE = open_catalogue().measures[DECIDED].title
MISSING = "contact decided; contact received (time of day)"


@pytest.fixture(scope="module")
def fed_by_ssd() -> Catalogue:
    """The measures of a county that the SSD feeds."""
    return catalogue_for(load_profile().model_copy(update={"sources": ["ssd"]}))


@pytest.fixture
def ssd(still: Still, january_seen: Seen, fed_by_ssd: Catalogue) -> Iterator[TestClient]:
    """Asks its service."""
    with TestClient(application(still, fed_by_ssd), base_url="http://127.0.0.1") as client:
        yield client


def test_the_page_of_all_measures_names_what_is_left_out(
    ssd: TestClient, fed_by_ssd: Catalogue
) -> None:
    page = ssd.get("/measures")
    assert f'href="/measures/{DECIDED}"' not in page.text
    said = words(page.text)
    assert "Not in your sources The county is fed by: Standard Safeguarding Dataset." in said
    assert f"{TITLE} Not told: {MISSING}" in said
    assert f"{len(fed_by_ssd.not_in_sources)} measures are not in your sources" in said


def test_where_all_is_told_the_page_says_nothing_of_sources(client: TestClient) -> None:
    assert "Not in your sources" not in client.get("/measures").text


@pytest.mark.parametrize("address", [f"/measures/{DECIDED}", f"/api/v1/measures/{DECIDED}"])
def test_its_own_address_says_why_there_is_no_figure(ssd: TestClient, address: str) -> None:
    answer = ssd.get(address)
    assert answer.status_code == 404
    assert f"{TITLE}: not in your sources. Not told: {MISSING}." in answer.text
    assert ssd.get("/measures/no_such_measure").status_code == 404


def test_the_api_says_what_feeds_the_county(ssd: TestClient, client: TestClient) -> None:
    told = ssd.get("/api/v1/sources").json()
    assert told["sources"] == {"ssd": "Standard Safeguarding Dataset"}
    [left_out] = [each for each in told["not_in_sources"] if each["measure"] == DECIDED]
    assert left_out == {
        "measure": DECIDED,
        "title": TITLE,
        "missing": ["contact.decided", "contact.received: time"],
    }
    listed = {each["measure"] for each in ssd.get("/api/v1/measures").json()["measures"]}
    assert listed
    assert not listed & {each["measure"] for each in told["not_in_sources"]}
    assert client.get("/api/v1/sources").json()["not_in_sources"] == []


def test_a_part_whose_whole_is_left_out_has_a_page(ssd: TestClient, fed_by_ssd: Catalogue) -> None:
    parts = [
        name
        for name, each in fed_by_ssd.measures.items()
        if each.of is not None and each.of not in fed_by_ssd.measures
    ]
    assert {"cin_plan_overdue", "cic_20_miles"} <= set(parts)
    for part in parts:
        page = ssd.get(f"/measures/{part}")
        assert page.status_code == 200
        assert "A part of" not in words(page.text)


def test_statuses_that_nobody_can_tell_apart_are_not_shown(
    ssd: TestClient, client: TestClient
) -> None:
    said = words(ssd.get("/measures/cp_visits").text)
    assert "By status Its statuses can't be told apart" in said.replace("&#39;", "'")
    assert "Not told: visit recorded (method)." in said
    assert "can't be told apart" not in client.get("/measures/cp_visits").text
    definition = ssd.get("/api/v1/measures/cp_visits").json()["definition"]
    assert definition["statuses_not_told_apart"] == ["visit.recorded: method"]
