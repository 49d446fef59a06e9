"""The pages: each measure has one, it says what the view says, and an update says the same."""

import gc
import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from fastapi.testclient import TestClient

from casepulse.schemas.dashboard import DASHBOARD
from casepulse.schemas.view import View
from casepulse.state import Catalogue
from casepulse.web.application import application
from casepulse.web.live_view import Seen
from casepulse.web.pages import Pages
from casepulse.web.rendering import Rendering
from casepulse.web.shown_measures import Shelf
from tests.web.conftest import AT, Still

#: A page of each kind.
PATHS = (
    "/",
    "/demand",
    "/measures",
    "/measures/cp_visits",
    "/localities",
    "/localities/Stroud",
    "/data-quality",
    "/sources",
)


class Elements(HTMLParser):
    """Every element with its attributes, and the text of each that has an id or is live."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.all: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One."""
        self.all.append((tag, dict(attrs)))

    def values(self, attribute: str) -> list[str]:
        """Of every element that has it."""
        return [value for _, each in self.all if (value := each.get(attribute)) is not None]


def words(html: str) -> str:
    """What a page says, without its elements."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.mark.parametrize("path", PATHS)
def test_links_lead_somewhere_and_names_stand_once(client: TestClient, path: str) -> None:
    page = client.get(path)
    assert page.status_code == 200
    elements = Elements(page.text)
    ids = elements.values("id")
    assert len(ids) == len(set(ids))
    lives = elements.values("data-live")
    assert len(lives) == len(set(lives)) > 0
    for href in set(elements.values("href")):
        if href.startswith("/lists"):
            continue  # they want a sign-in
        if href.startswith("#"):
            assert href[1:] in ids
        else:
            assert client.get(href).status_code == 200, href
    for source in elements.values("src"):
        assert client.get(source).status_code == 200, source


def test_the_dashboard_has_every_measure_in_the_reports_order(client: TestClient) -> None:
    elements = Elements(client.get("/").text)
    assert elements.values("data-measure") == [name for part in DASHBOARD.values() for name in part]


def test_a_row_of_the_dashboard_says_what_the_view_says(
    client: TestClient, january_seen: Seen
) -> None:
    view = january_seen.measures["cp_visits"]
    row = re.search(r'<tr[^>]*data-measure="cp_visits".*?</tr>', client.get("/").text, re.S)
    assert row is not None
    said = words(row[0])
    assert view.published is not None
    assert f"{view.published} {view.numerator:,} of {view.denominator:,} Target 90%" in said
    assert "AIP Green" in said
    assert "improved" in said.lower()
    assert "2 overdue" in said
    assert "virtual" in said
    assert "not yet due" in said
    assert '<polyline class="sparkline__line"' in row[0]
    assert '<line class="sparkline__target"' in row[0]
    assert 'href="/api/v1/measures/cp_visits"' in row[0]


def test_every_measure_has_a_page(
    january_seen: Seen, empty_view: View, catalogue: Catalogue
) -> None:
    """With figures, and of a county where nobody was counted."""
    pages = Pages(Shelf(catalogue), Rendering())
    for name in catalogue.measures:
        made = pages.page(f"/measures/{name}", january_seen)
        assert catalogue.measures[name].definition.split(".")[0][:30] in re.sub(
            "&#39;", "'", made.html
        ).replace("&#34;", '"').replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    nobody = Seen(empty_view.meta, empty_view.measures, None)
    for name in catalogue.measures:
        assert "summary" in pages.page(f"/measures/{name}", nobody).parts
    for path in PATHS:
        assert pages.page(path, nobody).parts


@pytest.mark.parametrize("path", PATHS)
def test_an_update_says_what_the_page_says(client: TestClient, path: str) -> None:
    """Put into the page, its parts give the page."""
    page = client.get(path).text
    told = client.get(f"/parts{path}").json()
    assert told["version"] == 7
    assert set(told["parts"]) == set(Elements(page).values("data-live"))
    for name, part in told["parts"].items():
        assert f'data-live="{name}"' in page
        assert part in page
    assert f'data-stamp="{told["stamp"]}"' in page


def test_what_changes_is_in_a_live_part(
    still: Still, client: TestClient, january_seen: Seen
) -> None:
    """Nothing outside the live parts differs when every figure has changed."""
    frames = {path: _without_parts(client, path) for path in PATHS}
    changed = {
        name: view.model_copy(
            update={
                "numerator": view.numerator + 1,
                "published": "1%",
                "rag": "red",
                "months_running": 5,
                "direction": "declined",
                "awaited": [],
                "target": None if view.target is None else view.target + 1,
                "localities": {
                    locality: [
                        month.model_copy(
                            update={"month": "2021-03", "published": month.published and "2%"}
                        )
                        for month in months
                    ]
                    for locality, months in view.localities.items()
                },
            }
        )
        for name, view in january_seen.measures.items()
    }
    meta = january_seen.meta.model_copy(update={"version": 8})
    still.show(Seen(meta, changed, AT))
    for path, frame in frames.items():
        assert _without_parts(client, path) == frame, path


def _without_parts(client: TestClient, path: str) -> str:
    page = client.get(path).text
    for part in sorted(client.get(f"/parts{path}").json()["parts"].values(), key=len, reverse=True):
        page = page.replace(part, "") if part else page
    return re.sub(r'data-stamp="[^"]*"', "", page)


def test_a_page_is_made_once_for_all_who_look(january_seen: Seen, catalogue: Catalogue) -> None:
    pages = Pages(Shelf(catalogue), Rendering())
    first = pages.page("/", january_seen)
    assert pages.page("/", january_seen) is first
    later = replace(january_seen, meta=january_seen.meta.model_copy(update={"version": 8}))
    assert pages.page("/", later) is not first


@pytest.mark.parametrize("path", PATHS)
def test_old_figures_are_marked_and_have_no_colour(
    still: Still, client: TestClient, january_seen: Seen, path: str
) -> None:
    assert "These figures are old" not in client.get(path).text
    still.show(replace(january_seen, old_since=AT))
    page = client.get(path).text
    assert "These figures are old" in page
    assert "Nothing has come in since 00:00 on Monday 1 February 2021." in words(page)
    assert "data-rag" not in page
    if path in ("/", "/measures/cp_visits"):
        assert "Withheld" in words(page)
        assert client.get("/api/v1/measures/cp_visits").json()["figures"]["rag"] is None


def test_figures_that_are_not_whole_say_so_and_have_no_colour(
    still: Still, client: TestClient, january_seen: Seen
) -> None:
    meta = january_seen.meta.model_copy(update={"partitions_counted": 3})
    still.show(replace(january_seen, meta=meta))
    page = client.get("/").text
    assert "totals are too low" in page
    assert "3 of 4 parts are counted" in page
    assert "data-rag" not in page


def test_figures_of_which_a_part_stands_still_say_so_and_have_no_colour(
    still: Still, client: TestClient, january_seen: Seen
) -> None:
    meta = january_seen.meta.model_copy(update={"partitions_silent": 1})
    still.show(replace(january_seen, meta=meta))
    page = client.get("/").text
    assert "Some cases stand still as at 00:00 on Monday 1 February 2021." in words(page)
    assert "data-rag" not in page
    assert client.get("/api/v1/status").json()["moving"] is False
    assert client.get("/api/v1/measures/cp_visits").json()["figures"]["rag"] is None
    assert "1 partitions" in client.get("/health/ready").text


def test_when_figures_grew_old_is_said_anew_each_time(
    still: Still, client: TestClient, january_seen: Seen
) -> None:
    for hour in (0, 4):
        still.show(replace(january_seen, old_since=AT + timedelta(hours=hour)))
        said = words(client.get("/").text)
        assert f"Nothing has come in since 0{hour}:00 on Monday 1 February 2021." in said


def test_it_answers_to_its_own_names_alone(still: Still, catalogue: Catalogue) -> None:
    app = application(still, catalogue, hosts={"figures.example", "127.0.0.1"})
    with TestClient(app, base_url="http://127.0.0.1") as client:
        for host, status in (
            ("figures.example", 200),
            ("figures.example:8443", 200),
            ("127.0.0.1:8080", 200),
            ("attacker.example", 421),
            ("figures.example.attacker.example", 421),
            ("", 421),
        ):
            assert client.get("/", headers={"Host": host}).status_code == status, host
            assert client.get("/health/live", headers={"Host": host}).status_code == 200


def test_another_process_has_other_answers(still: Still, catalogue: Catalogue) -> None:
    """It may have another profile, which the view says nothing of."""
    tags = []
    for _ in range(2):
        with TestClient(application(still, catalogue), base_url="http://127.0.0.1") as client:
            tags.append(client.get("/").headers["ETag"])
    assert tags[0] != tags[1]


def test_made_up_addresses_leave_nothing_behind(still: Still, catalogue: Catalogue) -> None:
    app = application(still, catalogue)
    with TestClient(app, base_url="http://127.0.0.1") as client:
        client.get("/measures")
        gc.collect()
        before = len(gc.get_objects())
        for number in range(50):
            for path in (f"/measures?{number}", f"/parts/?{number}", f"/measures/made-up-{number}"):
                client.get(path)
            client.get("/api/v1/measures", params={"dashboard": True, "made_up": number})
        gc.collect()
        assert len(gc.get_objects()) - before < 2000


def test_other_definitions_than_ours_are_named(
    still: Still, client: TestClient, january_seen: Seen
) -> None:
    assert "Definitions differ" not in client.get("/").text
    meta = january_seen.meta.model_copy(update={"definitions": "0123456789ab"})
    still.show(replace(january_seen, meta=meta))
    assert "Definitions differ" in client.get("/").text


def test_before_the_first_view_a_page_says_so(still: Still, client: TestClient) -> None:
    still.show(None)
    page = client.get("/")
    assert page.status_code == 200
    assert "There are no figures yet" in page.text
    assert client.get("/parts/").status_code == 503
    assert client.get("/health/ready").status_code == 503
    assert client.get("/health/live").status_code == 200


@pytest.mark.parametrize(
    "path", ["/nothing", "/measures/nothing", "/localities/Nowhere", "/charts/nothing.svg"]
)
def test_what_is_not_there_is_said_to_be_nowhere(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "<h1" in answer.text
    assert client.get(f"/parts{path}").json()["status"] == 404


def test_whoever_has_a_page_already_is_not_sent_it_again(client: TestClient) -> None:
    for path in (*PATHS, "/parts/", "/api/v1/measures", "/charts/cp_visits.svg"):
        first = client.get(path)
        again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b""), path
        assert again.headers["ETag"] == first.headers["ETag"]


def test_a_browser_may_do_little_with_a_page(client: TestClient) -> None:
    page = client.get("/")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "style=" not in page.text
    assert "<style" not in page.text
    assert "onclick" not in page.text
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "server" not in page.headers


def test_a_locality_stands_where_its_figure_puts_it(client: TestClient, january_seen: Seen) -> None:
    told = client.get("/api/v1/measures/cp_visits/localities").json()["localities"]
    shares = {
        each["locality"]: each["months"][-1]["numerator"] / each["months"][-1]["denominator"]
        for each in told
        if each["months"][-1]["denominator"]
    }
    for each in told:
        if each["locality"] in shares:
            ahead = sum(share > shares[each["locality"]] for share in shares.values())
            assert each["place"] == f"{ahead + 1} of {len(shares)}"
    assert len(shares) > 4
