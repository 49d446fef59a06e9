"""A website as people expect it: addresses, odd names, what is kept, what is compressed."""

import gzip
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from casepulse.access.audit import AuditLog
from casepulse.access.reading import ListRead
from casepulse.counties.scenario import scenario
from casepulse.schemas.profile import ProfileError, load_profile
from casepulse.state import Catalogue, Fact, Figures, catalogue_for, evaluate
from casepulse.state.viewing import measure_views
from casepulse.streams.settings import Settings
from casepulse.web.application import application
from casepulse.web.demo_identity import DemoSignIn
from casepulse.web.list_reasons import REASONS
from casepulse.web.lists import OpenLists
from casepulse.web.live_view import Seen
from casepulse.web.rendering import ASSETS, asset, asset_address
from casepulse.web.sessions import Sessions, is_own_form
from tests.access.people import LINES, NOW, VISITS
from tests.build.view import view_meta
from tests.web.conftest import Still
from tests.web.list_site import records_of, token_of

AT = datetime(2021, 2, 1, tzinfo=UTC)

#: Names that mean something in an address, and are names of places all the same.
ODD = ("a/b", "North/South/East", "Up & Down?", "100% #1", "\\ back", "Ångström")


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """A profile whose localities have odd names."""
    path = tmp_path_factory.mktemp("profile") / "profile.toml"
    names = json.dumps([*ODD, "Stroud"], ensure_ascii=False)
    teams = '[teams]\nstroud-safeguarding = "Stroud"\n'
    said = f'base = "january-2021"\nlocalities = {names}\nlocality_of_others = "a/b"\n{teams}'
    path.write_text(said, encoding="utf-8")
    return catalogue_for(load_profile(path))


@pytest.fixture(scope="module")
def seen(odd: Catalogue) -> Seen:
    """A small county's view."""
    facts = [
        Fact.of(event) for event in scenario(children=5, months=1) if event.type != "clock.ticked"
    ]
    meta = view_meta(odd, AT)
    return Seen(meta, measure_views(Figures(evaluate(facts, odd, AT, None), odd, AT)), None)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """The audit log."""
    return tmp_path / "audit.jsonl"


@pytest.fixture
def client(seen: Seen, odd: Catalogue, log: Path) -> Iterator[TestClient]:
    """Asks the service, with the demo's lists."""
    still = Still(Settings())
    still.show(seen)
    still._reached_at = monotonic() + 3600  # as if Redis answered
    read = ListRead(tuple(LINES), NOW, NOW, 1, 0, 0.0)
    lists = OpenLists(DemoSignIn(odd), AuditLog(log), lambda _: read, odd)
    app = application(still, odd, lists)
    with TestClient(app, base_url="http://127.0.0.1") as client:
        yield client


def _sign_in(client: TestClient, to: str = f"/lists/{VISITS}") -> str:
    """As the head of the service, with a reason; the page that is shown then."""
    form = client.get("/sign-in", params={"to": to})
    data = {"token": token_of(form.text), "role": "head-of-service", "to": to}
    page = client.post("/sign-in", data=data)
    if page.url.path.endswith("/reason"):
        page = client.post(page.url.path, data={"token": token_of(page.text), "choice": REASONS[0]})
    return page.text


# Names


@pytest.mark.parametrize("name", ODD)
def test_a_locality_of_any_name_has_a_page_its_parts_and_its_data(
    client: TestClient, name: str
) -> None:
    [link] = (
        address
        for address, words in re.findall(
            r'<a [^>]*href="(/localities/[^"]+)">([^<]+)</a>', client.get("/localities").text
        )
        if words == name.replace("&", "&amp;")
    )
    page = client.get(link)
    assert page.status_code == 200
    [parts] = re.findall(r'data-live-page="([^"]+)"', page.text)
    assert client.get(f"/parts{parts}").json()["parts"]
    [data] = re.findall(r'href="(/api/v1/localities/[^"]+)"', page.text)
    told = client.get(data).json()["localities"]
    assert {each["locality"] for each in told} == {name}
    assert client.get(f"/localities/{quote(name, safe='')}").status_code == 200


@pytest.mark.parametrize("name", ["..", ".", "a/..", "a/./b", "/a", "a/", "a//b", " a", "a\u0007"])
def test_a_name_that_no_address_can_end_with_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "profile.toml"
    said = json.dumps([name])
    settings = [
        'base = "january-2021"',
        f"localities = {said}",
        f"locality_of_others = {said[1:-1]}",
    ]
    path.write_text("\n".join(settings), encoding="utf-8")
    with pytest.raises(ProfileError, match=r"profile\.toml, line 2: localities: "):
        load_profile(path)


# Addresses


@pytest.mark.parametrize(
    ("asked", "right"),
    [
        ("/measures/", "/measures"),
        ("/Measures", "/measures"),
        ("/MEASURES/CP_VISITS/", "/measures/cp_visits"),
        ("/localities/stroud", "/localities/Stroud"),
        ("/localities/A%2FB/", "/localities/a/b"),
        ("/Data-Quality//", "/data-quality"),
        ("/API/v1/Sources", "/api/v1/sources"),
        ("/lists/", "/lists"),
        ("/Lists/CP_Visits?locality=Stroud", "/lists/cp_visits?locality=Stroud"),
        ("/lists/cp_visits/reason/", "/lists/cp_visits/reason"),
        ("/api/v1/measures/?dashboard=true", "/api/v1/measures?dashboard=true"),
        ("/API/v1/status", "/api/v1/status"),
        ("/health/live/", "/health/live"),
    ],
)
def test_an_address_that_is_nearly_right_leads_to_the_right_one(
    client: TestClient, asked: str, right: str
) -> None:
    led = client.get(asked, follow_redirects=False)
    assert (led.status_code, led.headers["location"]) == (307, right)
    assert client.get(right).status_code == 200


@pytest.mark.parametrize("path", ["/nothing/", "//example.org/", "/measures/nothing/", "/Nix"])
def test_what_is_nowhere_leads_nowhere(client: TestClient, path: str) -> None:
    assert client.get(f"http://127.0.0.1{path}", follow_redirects=False).status_code == 404


def test_no_form_is_led_elsewhere(client: TestClient) -> None:
    assert client.post("/Sign-In", follow_redirects=False).status_code in (404, 405)


# What is sent


@pytest.mark.parametrize("name", ASSETS)
def test_styles_and_scripts_are_compressed_and_kept(client: TestClient, name: str) -> None:
    address = asset_address(name)
    answer = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert answer.content == asset(name)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    if len(asset(name)) > 1000:
        assert answer.headers["content-encoding"] == "gzip"
        assert int(answer.headers["content-length"]) < len(asset(name)) / 2
        assert len(gzip.compress(asset(name))) < len(asset(name)) / 2
    plain = client.get(address, headers={"Accept-Encoding": "identity"})
    assert (plain.content, "content-encoding" in plain.headers) == (asset(name), False)
    tag = {"If-None-Match": answer.headers["etag"]}
    assert client.get(address, headers=tag).status_code == 304


# Forms


@pytest.mark.parametrize("token", ["ä", "音" * 22, "\ud800", "%ff", "x" * 22])
def test_a_token_of_any_letters_is_refused_and_no_fault(client: TestClient, token: str) -> None:
    _sign_in(client)
    sent = quote(token, errors="surrogatepass")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for path in (f"/lists/{VISITS}/reason", "/sign-in", "/sign-out"):
        answer = client.post(path, content=f"token={sent}&choice=own&own=abc", headers=form)
        assert answer.status_code == 403, path
    assert not is_own_form({"token": "x"}, token)


def test_the_head_of_a_list_shows_nothing_and_is_no_look(client: TestClient, log: Path) -> None:
    _sign_in(client)
    before = len(records_of(log))
    for path in (f"/lists/{VISITS}", f"/lists/{VISITS}.csv"):
        answer = client.head(path)
        assert (answer.status_code, answer.content) == (200, b"")
        assert "content-length" not in answer.headers, "which would say how many there are"
    assert len(records_of(log)) == before


def test_a_wrong_filter_gives_the_form_back_as_it_was_sent(client: TestClient, log: Path) -> None:
    _sign_in(client)
    before = len(records_of(log))
    asked = {"locality": "Stroud", "worker": "w 1!", "overdue": "yes", "order": "-team"}
    answer = client.get(f"/lists/{VISITS}", params=asked)
    assert answer.status_code == 400
    assert "<title>Error: " in answer.text
    assert '<a href="#worker">A worker’s key has letters' in answer.text
    assert 'aria-describedby="worker-error"' in answer.text
    assert '<option value="Stroud" selected>' in answer.text
    assert 'value="w 1!"' in answer.text
    assert re.search(r'name="overdue"[^>]* checked', answer.text)
    assert 'name="order" value="-team"' in answer.text
    assert len(records_of(log)) == before, "nothing was shown"
    for wrong in ({"team": "A B"}, {"order": "nothing"}, {"page": "x"}, {"locality": "Nowhere"}):
        assert client.get(f"/lists/{VISITS}", params=wrong).status_code == 400


def test_going_back_shows_the_filters_that_are_applied(client: TestClient) -> None:
    """Without it a browser puts into a form what was chosen in it later."""
    [form] = re.findall(r"<form [^>]*page-filter[^>]*>", _sign_in(client))
    assert 'autocomplete="off"' in form


def test_where_one_was_going_is_kept_through_an_error(client: TestClient) -> None:
    to = f"/lists/{VISITS}?locality=Stroud&overdue=yes"
    form = client.get(to)
    assert form.url.path == "/sign-in"
    [action] = re.findall(r'<form method="post" action="([^"]+)"', form.text)
    action = action.replace("&amp;", "&")
    unchosen = client.post(action, data={"token": token_of(form.text)})
    assert unchosen.status_code == 400
    again = client.get(unchosen.url)  # as whoever loads the page anew
    assert f'name="to" value="{to.replace("&", "&amp;")}"' in again.text
    refused = client.post(action, data={"token": "x", "role": "head-of-service"})
    assert refused.status_code == 403
    assert f'href="{to.replace("&", "&amp;")}"' in refused.text
    data = {"token": token_of(again.text), "role": "head-of-service"}
    led = client.post(action, data=data, follow_redirects=False)
    assert (led.status_code, led.headers["location"]) == (303, to)


# Reasons


def test_every_reason_is_kept_however_long_they_are() -> None:
    sessions = Sessions("k" * 32, secure=True, clock=lambda: 1_790_000_000.0)
    session: dict[str, object] = {}
    sessions.begin(session, {"issuer": "https://login.example", "groups": ["g" * 700]})
    reasons = {f"list_{number}": "音" * 199 + str(number) for number in range(9)}
    for measure, reason in reasons.items():
        sessions.give_reason(session, measure, reason)
        # As a cookie: JSON in base 64, a signature, its name and what a browser is told of it.
        assert len(json.dumps(session)) * 4 / 3 + 160 < 4096
    assert {each: sessions.reason(session, each) for each in reasons} == reasons
    sessions.end(session)
    assert not any(sessions.reason({**session, "id": "other"}, each) for each in reasons)


def test_after_a_new_start_the_last_short_reasons_are_known() -> None:
    def sessions() -> Sessions:
        return Sessions("k" * 32, secure=True, clock=lambda: 1_790_000_000.0)

    session: dict[str, object] = {}
    first = sessions()
    for number in range(3):
        first.give_reason(session, f"list_{number}", REASONS[number])
    again = sessions()
    assert [again.reason(session, f"list_{each}") for each in range(3)] == list(REASONS[:3])


# Health


def test_health_says_that_no_list_is_shown(client: TestClient, log: Path) -> None:
    _sign_in(client)
    assert client.get("/health/ready").text == "ready\n"
    log.unlink()
    answer = client.get("/health/ready")
    assert answer.status_code == 200, "every other page is shown"
    assert "warning: no list is shown" in answer.text
    assert "it is gone" in answer.text
    assert client.get(f"/lists/{VISITS}").status_code == 503
    assert not log.exists()
