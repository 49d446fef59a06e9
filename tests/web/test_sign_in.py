"""Sign-in by OpenID Connect: the whole way with a real provider, and whatever must not get in."""

import html
import json
import os
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from starlette.testclient import TestClient

from casepulse.access.audit import AuditError, AuditLog
from casepulse.access.reading import ListRead
from casepulse.access.rules import AccessError, load_access
from casepulse.streams.security import redis_options
from casepulse.streams.settings import Settings, SettingsError
from casepulse.web.list_opening import open_lists
from casepulse.web.list_reasons import REASONS
from casepulse.web.list_settings import ListSettings, is_loopback, is_safe
from casepulse.web.lists import OpenLists
from casepulse.web.sessions import IDLE, LONGEST, Sessions
from casepulse.web.settings import PREFIX
from casepulse.web.sign_in import OpenIdSignIn, own_path
from tests.access.people import CATALOGUE, LINES, NOW, VISITS
from tests.services import free_port
from tests.web.list_site import records_of, site, subjects, token_of
from tests.web.misbehaving import FOREIGN, SECRET, Misbehaving, misbehaving
from tests.web.provider import Client, openid_provider
from tests.web.test_lists import Clock

GRANTS = """
[grants.stroud]
group = "cs-stroud"
role = "locality manager"
scope = "locality"
localities = ["Stroud"]

[grants.heads]
group = "cs-heads"
role = "head of service"
scope = "service"
"""

SECRET_WORDS = "the-client-secret-of-the-tests"


@dataclass
class Site:
    """The service, as one browser sees it."""

    client: TestClient
    address: str
    log: Path
    clock: Clock
    sign_in: OpenIdSignIn

    @property
    def session(self) -> dict[str, Any]:
        """What the cookie holds."""
        cookie = self.client.cookies.get("casepulse")
        if not cookie:
            return {}
        told: dict[str, Any] = json.loads(b64decode(cookie.split(".")[0]))
        return told

    @property
    def signed_in(self) -> bool:
        """Whether the lists open."""
        return self.client.get("/lists", follow_redirects=False).status_code == 200

    def begin(self, to: str = "/lists") -> str:
        """Set out to sign in; the address at the provider."""
        answer = self.client.get("/sign-in", params={"to": to}, follow_redirects=False)
        assert answer.status_code in (302, 303), answer.text
        return answer.headers["location"]

    def come_back(self, address: str) -> Any:
        """Come back from the provider."""
        assert address.startswith(f"{self.address}/sign-in/callback?")
        return self.client.get(address.removeprefix(self.address), follow_redirects=False)


MakeSite = Callable[..., Site]


@pytest.fixture
def make_site(tmp_path: Path) -> Iterator[MakeSite]:
    """Makes the service, for a provider."""
    clients: list[TestClient] = []

    def make(issuer: str, address: str = "http://127.0.0.1:8080", **told: Any) -> Site:
        access = tmp_path / "access.toml"
        access.write_text(GRANTS)
        settings = ListSettings(
            oidc_issuer=issuer,
            oidc_client_id="casepulse",
            oidc_client_secret=SECRET_WORDS,
            session_key="k" * 32,
            access=access,
            audit=tmp_path / "audit.jsonl",
            audit_head=str(tmp_path / "elsewhere" / "audit.head"),
            **told,
        )
        clock = Clock()
        sessions = Sessions("k" * 32, secure=address.startswith("https"), clock=clock)
        sign_in = OpenIdSignIn(settings, load_access(access, CATALOGUE), address, sessions)
        read = ListRead(tuple(LINES), NOW, NOW, 1, 0, 0.0)
        lists = OpenLists(sign_in, AuditLog(settings.audit), lambda _: read, CATALOGUE)
        client = TestClient(site(lists, CATALOGUE), base_url=address)
        clients.append(client)
        return Site(client, address, settings.audit, clock, sign_in)

    yield make
    for client in clients:
        client.close()


# The whole way


@pytest.fixture(scope="module")
def provider() -> Iterator[tuple[str, str]]:
    """The issuer of a real provider, and the address of the one service that it knows."""
    address = f"http://127.0.0.1:{free_port()}"
    client = Client(
        "casepulse", SECRET_WORDS, f"{address}/sign-in/callback", f"{address}/signed-out"
    )
    groups = {"stroud-manager": ["cs-stroud", "everybody"], "stranger": ["everybody"]}
    with openid_provider(client, groups) as issuer:
        yield issuer, address


@pytest.fixture
def real(provider: tuple[str, str], make_site: MakeSite) -> Site:
    """The service, for that provider."""
    issuer, address = provider
    return make_site(issuer, address, oidc_scope="openid profile groups")


def at_the_provider(address: str, login: str, back: str) -> str:
    """What somebody does there: write a login, agree; the address that it leads back to."""
    with httpx2.Client() as browser:
        answer = browser.get(address)
        for _ in range(20):
            if answer.is_redirect:
                to = str(answer.next_request.url) if answer.next_request else ""
                if to.startswith(back):
                    return to
                answer = browser.get(to)
                continue
            assert answer.status_code == 200, answer.text
            [action] = re.findall(r'<form[^>]* action="([^"]+)"', answer.text)
            hidden = dict(re.findall(r'name="([^"]+)" value="([^"]+)"', answer.text))
            form = {**hidden, "login": login, "password": "any"}
            answer = browser.post(html.unescape(action), data=form)
    raise AssertionError("the provider leads nowhere")


def test_the_whole_way(real: Site) -> None:
    to = f"/lists/{VISITS}?locality=Stroud"
    asked = real.client.get(to, follow_redirects=False)
    assert asked.status_code == 303
    led = real.client.get(asked.headers["location"], follow_redirects=False)
    there = parse_qs(urlsplit(led.headers["location"]).query)
    assert there["code_challenge_method"] == ["S256"]
    assert there["response_type"] == ["code"]
    assert there["nonce"][0]
    assert there["state"][0]
    back = at_the_provider(led.headers["location"], "stroud-manager", real.address)
    came = real.come_back(back)
    assert (came.status_code, came.headers["location"]) == (303, to)

    form = real.client.get(to)
    assert "Signed in as <strong>Role stroud-manager</strong>: locality manager" in form.text
    shown = real.client.post(
        str(form.url.copy_with(scheme="", netloc=b"")),
        data={"token": token_of(form.text), "choice": REASONS[1]},
    )
    assert shown.status_code == 200
    seen = {each.subject for each in LINES if each.locality == "Stroud" and not each.restricted}
    assert set(subjects(shown.text)) == seen & {
        each.subject for each in LINES if each.measure == VISITS
    }
    [record] = records_of(real.log)
    assert record.look.who.issuer == real.sign_in.leaves_to
    assert record.look.who.subject == "stroud-manager"
    assert b"Role stroud" not in real.log.read_bytes(), "no name is logged"
    assert real.client.get(f"/lists/{VISITS}", params={"locality": "FoD"}).status_code == 403

    assert set(real.session) == {"id", "began", "seen", "who", "token", "reasons"}
    assert real.session["who"]["groups"] == ["cs-stroud"], "and no group that opens nothing"

    token = token_of(shown.text)
    left = real.client.post("/sign-out", data={"token": token}, follow_redirects=False)
    assert left.status_code == 303
    at = urlsplit(left.headers["location"])
    assert f"{at.scheme}://{at.netloc}" == real.sign_in.leaves_to
    told = parse_qs(at.query)
    assert told["client_id"] == ["casepulse"]
    assert told["post_logout_redirect_uri"] == [f"{real.address}/signed-out"]
    assert httpx2.get(left.headers["location"]).status_code == 200, "the provider takes it"
    assert not real.signed_in
    assert real.session == {}
    assert "You have signed out" in real.client.get("/signed-out").text


def test_somebody_without_a_grant_is_signed_in_and_sees_nothing(real: Site) -> None:
    real.come_back(at_the_provider(real.begin(), "stranger", real.address))
    assert real.session["who"]["subject"] == "stranger"
    assert real.client.get("/lists").status_code == 403
    assert real.client.get(f"/lists/{VISITS}").status_code == 403
    [record] = records_of(real.log)
    assert (record.look.who.subject, record.look.outcome) == ("stranger", "denied")


def test_a_code_is_good_once(real: Site) -> None:
    back = at_the_provider(real.begin(), "stroud-manager", real.address)
    assert real.come_back(back).status_code == 303
    again = real.come_back(back)
    assert again.status_code == 403
    real.client.cookies.clear()
    assert real.come_back(back).status_code == 403
    # Even with a state of its own the provider takes the code no second time.
    state = parse_qs(urlsplit(real.begin()).query)["state"][0]
    assert real.come_back(re.sub(r"state=[^&]+", f"state={state}", back)).status_code == 403
    assert not real.signed_in


def test_another_browsers_way_back_is_refused(real: Site, make_site: MakeSite) -> None:
    """Somebody sends a link by which we would be signed in as them."""
    back = at_the_provider(real.begin(), "stroud-manager", real.address)
    real.client.cookies.clear()
    real.begin()
    assert real.come_back(back).status_code == 403
    assert not real.signed_in


def test_a_wrong_state_is_refused(real: Site) -> None:
    back = at_the_provider(real.begin(), "stroud-manager", real.address)
    assert real.come_back(re.sub(r"state=[^&]+", "state=other", back)).status_code == 403
    assert real.come_back(re.sub(r"&?state=[^&]+", "", back)).status_code == 403
    assert not real.signed_in


def test_an_answer_of_another_provider_is_refused(real: Site) -> None:
    back = at_the_provider(real.begin(), "stroud-manager", real.address)
    assert "iss=" in back
    other = re.sub(r"iss=[^&]+", "iss=https%3A%2F%2Fother.example", back)
    assert real.come_back(other).status_code == 403
    assert not real.signed_in


def test_who_turns_back_at_the_provider_is_told(real: Site) -> None:
    state = parse_qs(urlsplit(real.begin()).query)["state"][0]
    answer = real.come_back(f"{real.address}/sign-in/callback?error=access_denied&state={state}")
    assert answer.status_code == 403
    assert "Nobody was signed in" in answer.text


def test_of_two_tabs_the_later_is_told_of_the_other(told: Misbehaving, make_site: MakeSite) -> None:
    site = make_site(told.issuer)
    asked = [parse_qs(urlsplit(site.begin()).query) for _ in range(2)]
    first, second = (
        f"{site.address}/sign-in/callback?code=a-code&state={each['state'][0]}" for each in asked
    )
    told.nonce = asked[1]["nonce"][0]
    assert site.come_back(second).status_code == 303
    late = site.come_back(first)
    assert late.status_code == 403
    assert "in another tab" in late.text
    assert 'href="/sign-in?to=' in late.text
    assert ">Begin again</a>" in late.text
    assert site.signed_in, "the other tab is"
    assert site.client.get("/sign-in", follow_redirects=False).headers["location"] == "/lists"


def test_no_tab_is_spoken_of_where_the_provider_is_wrong(
    told: Misbehaving, make_site: MakeSite
) -> None:
    told.claims = {"aud": "another"}
    refused = sign_in(make_site(told.issuer), told)
    assert refused.status_code == 403
    assert "another tab" not in refused.text


# Sessions


@pytest.fixture
def told() -> Iterator[Misbehaving]:
    """A provider that says what the test wants."""
    with misbehaving() as told:
        yield told


def sign_in(site: Site, told: Misbehaving, code: str = "a-code") -> Any:
    """Set out and come back, with what that provider says."""
    query = parse_qs(urlsplit(site.begin()).query)
    told.nonce = told.nonce or query["nonce"][0]
    return site.come_back(f"{site.address}/sign-in/callback?code={code}&state={query['state'][0]}")


def test_a_session_ends_without_a_look_and_after_a_day_at_work(
    told: Misbehaving, make_site: MakeSite
) -> None:
    site = make_site(told.issuer)
    assert sign_in(site, told).status_code == 303
    site.clock.now += IDLE - 1
    assert site.signed_in
    site.clock.now += IDLE - 1
    assert site.signed_in, "a look keeps it"
    site.clock.now += IDLE + 1
    assert not site.signed_in
    told.nonce = ""
    assert sign_in(site, told).status_code == 303
    for _ in range(LONGEST // (IDLE - 60)):
        site.clock.now += IDLE - 60
        assert site.signed_in
    site.clock.now += IDLE - 60
    assert not site.signed_in


def test_a_changed_cookie_is_worth_nothing(told: Misbehaving, make_site: MakeSite) -> None:
    site = make_site(told.issuer)
    sign_in(site, told)
    cookie = site.client.cookies["casepulse"]
    content, _, rest = cookie.partition(".")
    # Its first letter: two bits of the last one say nothing, so another may mean the same.
    signed, _, signature = cookie.rpartition(".")
    changed = b64decode(content).replace(b"cs-stroud", b"cs-heads\\t")
    assert changed != b64decode(content)
    for other in (
        b64encode(changed).decode() + "." + rest,
        f"{signed}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}",
        "null",
        content,
    ):
        site.client.cookies.clear()
        site.client.cookies.set("casepulse", other)
        assert not site.signed_in
    site.client.cookies.clear()
    site.client.cookies.set("casepulse", cookie)
    assert site.signed_in


def test_nothing_of_a_session_outlives_a_sign_in_or_a_sign_out(
    told: Misbehaving, make_site: MakeSite
) -> None:
    site = make_site(told.issuer)
    sign_in(site, told)
    form = site.client.get(f"/lists/{VISITS}/reason").text
    site.client.post(
        f"/lists/{VISITS}/reason", data={"token": token_of(form), "choice": REASONS[0]}
    )
    first = dict(site.session)
    copied = site.client.cookies["casepulse"]
    assert site.client.post("/sign-out", data={"token": "x"}).status_code == 403
    assert site.signed_in
    assert site.client.get("/sign-out").status_code == 405
    site.client.post("/sign-out", data={"token": first["token"]}, follow_redirects=False)
    assert not site.signed_in
    site.client.cookies.clear()
    site.client.cookies.set("casepulse", copied)
    assert not site.signed_in, "a copy of the cookie is worth nothing"
    site.client.cookies.clear()
    told.nonce = ""
    sign_in(site, told)
    assert "reasons" not in site.session
    assert not {site.session["id"], site.session["token"]} & {first["id"], first["token"]}


@pytest.mark.parametrize(
    ("address", "name", "secure"),
    [
        ("http://127.0.0.1:8080", "casepulse", False),
        ("https://figures.example.gov.uk", "__Host-casepulse", True),
    ],
)
def test_the_cookie_is_for_us_alone(
    told: Misbehaving, make_site: MakeSite, address: str, name: str, secure: bool
) -> None:
    site = make_site(told.issuer, address)
    cookie = sign_in(site, told).headers["set-cookie"].lower()
    assert cookie.startswith(f"{name.lower()}=")
    attributes = {each.strip() for each in cookie.split(";")[1:]}
    assert {"path=/", "httponly", "samesite=lax"} <= attributes
    assert ("secure" in attributes) == secure
    assert not any(each.startswith(("domain", "max-age", "expires")) for each in attributes)
    assert "an-access-token" not in json.dumps(site.session if not secure else {})
    assert len(cookie) < 700


# Whatever must not get in


def test_the_misbehaving_provider_can_behave(told: Misbehaving, make_site: MakeSite) -> None:
    """Else what follows would hold nothing."""
    site = make_site(told.issuer)
    assert sign_in(site, told).status_code == 303
    assert site.signed_in
    body = dict(told.asked)["/token"]
    assert parse_qs(body)["code_verifier"][0]


_WRONG: dict[str, dict[str, Any]] = {
    "signed by a foreign key": {"key": FOREIGN},
    "signed by a key that is not the provider's": {
        "key": FOREIGN,
        "header": {"alg": "RS256", "kid": "another"},
    },
    "not signed": {"header": {"alg": "none"}, "key": SECRET},
    "not signed, and offered": {
        "header": {"alg": "none"},
        "key": SECRET,
        "metadata": {"id_token_signing_alg_values_supported": ["RS256", "none"]},
    },
    "signed with our own secret, and offered": {
        "header": {"alg": "HS256"},
        "key": SECRET,
        "metadata": {"id_token_signing_alg_values_supported": ["RS256", "HS256"]},
    },
    "no signature offered that we trust": {
        "metadata": {"id_token_signing_alg_values_supported": ["none", "HS256"]},
    },
    "for another audience": {"claims": {"aud": "another"}},
    "for another audience, by us": {"claims": {"aud": "another", "azp": "casepulse"}},
    "for nobody": {"claims": {"aud": None}},
    "for us, by another": {"claims": {"aud": ["casepulse", "another"], "azp": "another"}},
    "from another issuer": {"claims": {"iss": "https://other.example"}},
    "from nobody": {"claims": {"iss": None}},
    "expired": {"claims": {"exp": 1_700_000_000}},
    "without an end": {"claims": {"exp": None}},
    "of the future": {"claims": {"iat": 4_000_000_000}},
    "not valid yet": {"claims": {"nbf": 4_000_000_000}},
    "about nobody": {"claims": {"sub": None}},
    "about an empty subject": {"claims": {"sub": ""}},
    "about a subject that is no text": {"claims": {"sub": ["somebody"]}},
    "about a subject that is too long": {"claims": {"sub": "x" * 256}},
    "with another nonce": {"nonce": "another"},
    "without a nonce": {"claims": {"nonce": None}},
    "no ID token": {"token": {"id_token": None}},
    "an ID token that is none": {"token": {"id_token": "a.b.c"}},
    "the hash of another access token": {"claims": {"at_hash": "xxxx"}},
    "a provider that calls itself another": {"metadata": {"issuer": "https://other.example"}},
    "user info about another": {
        "claims": {"groups": None},
        "metadata": {"userinfo_endpoint": "ISSUER/userinfo"},
        "userinfo": {"sub": "another", "groups": ["cs-heads"]},
    },
    "the code is refused": {
        "status": {"/token": 400},
        "token": {"error": "invalid_grant", "id_token": None},
    },
}


@pytest.mark.parametrize("wrong", _WRONG.values(), ids=_WRONG.keys())
def test_an_answer_that_does_not_hold_is_refused(
    told: Misbehaving, make_site: MakeSite, wrong: dict[str, Any]
) -> None:
    site = make_site(told.issuer)
    query = parse_qs(urlsplit(site.begin()).query)
    told.nonce = query["nonce"][0]
    for name, value in wrong.items():
        text = json.dumps(value).replace("ISSUER", told.issuer) if name == "metadata" else None
        setattr(told, name, json.loads(text) if text else value)
    answer = site.come_back(
        f"{site.address}/sign-in/callback?code=a-code&state={query['state'][0]}"
    )
    assert answer.status_code == 403, answer.text
    assert "Signing in did not work" in answer.text
    assert not site.signed_in
    assert "who" not in site.session


def test_groups_may_come_with_the_user_info(told: Misbehaving, make_site: MakeSite) -> None:
    told.claims = {"groups": None}
    told.metadata = {"userinfo_endpoint": f"{told.issuer}/userinfo"}
    told.userinfo = {"sub": "somebody", "groups": "cs-heads"}
    site = make_site(told.issuer)
    assert sign_in(site, told).status_code == 303
    assert site.session["who"]["groups"] == ["cs-heads"]


@pytest.mark.parametrize("groups", [None, 7, {"cs-heads": 1}, [["cs-heads"]], "cs-heads cs-stroud"])
def test_groups_that_are_none_open_nothing(
    told: Misbehaving, make_site: MakeSite, groups: object
) -> None:
    told.claims = {"groups": groups}
    site = make_site(told.issuer)
    assert sign_in(site, told).status_code == 303
    assert site.client.get("/lists").status_code == 403


def test_another_claim_may_name_the_groups(told: Misbehaving, make_site: MakeSite) -> None:
    told.claims = {"groups": ["cs-heads"], "roles": ["cs-stroud"]}
    site = make_site(told.issuer, oidc_claim="roles")
    sign_in(site, told)
    assert site.session["who"]["groups"] == ["cs-stroud"]


def test_where_the_provider_is_down_it_is_said(told: Misbehaving, make_site: MakeSite) -> None:
    away = make_site(f"http://127.0.0.1:{free_port()}")
    answer = away.client.get("/sign-in")
    assert answer.status_code == 503
    assert "The sign-in service does not answer" in answer.text
    for path in ("/.well-known/openid-configuration", "/token", "/jwks"):
        told.status, told.nonce = {}, ""
        site = make_site(told.issuer)
        query = parse_qs(urlsplit(site.begin()).query)
        told.nonce, told.status = query["nonce"][0], {path: 500}
        back = f"{site.address}/sign-in/callback?code=a-code&state={query['state'][0]}"
        assert site.come_back(back).status_code == 503, path
        assert not site.signed_in


def test_signing_out_works_without_the_provider(told: Misbehaving, make_site: MakeSite) -> None:
    site = make_site(told.issuer)
    for metadata in (
        {},  # it has no page to sign out
        {"end_session_endpoint": "https://other.example/out"},  # where no form may lead
        {"issuer": "https://other.example"},
    ):
        told.metadata, told.nonce = {}, ""
        assert sign_in(site, told).status_code == 303
        told.metadata = metadata
        left = site.client.post(
            "/sign-out", data={"token": site.session["token"]}, follow_redirects=False
        )
        assert left.headers["location"] == f"{site.address}/signed-out"
        assert not site.signed_in


def test_the_pages_let_a_form_lead_to_the_provider(told: Misbehaving, make_site: MakeSite) -> None:
    site = make_site(told.issuer)
    sign_in(site, told)
    policy = site.client.get("/lists").headers["content-security-policy"]
    assert f"form-action 'self' {told.issuer};" in policy


@pytest.mark.parametrize(
    "path",
    [
        "https://other.example/lists",
        "//other.example/lists",
        "/\\other.example",
        "/lists\\..\\other",
        "/listsother",
        "/lists/../../other",
        "/lists//other.example",
        "/lists/cp_visits?a\r\nLocation: https://other.example",
        "/lists/cp visits",
        "javascript:alert(1)",
        "/",
        "",
        "/lists?" + "x" * 500,
        None,
    ],
)
def test_the_way_back_leads_nowhere_else(path: str | None) -> None:
    assert own_path(path) == "/lists"


def test_the_way_back_leads_to_what_was_asked_for(told: Misbehaving, make_site: MakeSite) -> None:
    for path in ("/lists", "/lists/cp_visits", "/lists/cp_visits?locality=FoD&order=-due"):
        assert own_path(path) == path
    site = make_site(told.issuer)
    assert sign_in(site, told).headers["location"] == "/lists"
    there = site.client.get(
        "/sign-in", params={"to": "https://other.example"}, follow_redirects=False
    )
    assert there.headers["location"] == "/lists", "who is signed in already is not led there again"


# Settings

_ALL = {
    "OIDC_ISSUER": "https://login.example.gov.uk",
    "OIDC_CLIENT_ID": "casepulse",
    "OIDC_CLIENT_SECRET": "a-secret-of-ours",
    "SESSION_KEY": "0123456789abcdef0123456789abcdef",
    "ACCESS": "/etc/casepulse/access.toml",
    "AUDIT": "/var/lib/casepulse/audit.jsonl",
    "AUDIT_HEAD": "s3://kept-elsewhere/audit.head",
}


Environment = Callable[..., None]


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Environment:
    """Sets all that is wanted, but for what is told: None leaves one out."""
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)

    def make(**told: str | None) -> None:
        for name, value in {**_ALL, **told}.items():
            if value is not None:
                monkeypatch.setenv(f"{PREFIX}{name}", value)

    return make


def test_without_any_setting_the_lists_are_off(environment: Environment) -> None:
    environment(**dict.fromkeys(_ALL), PORT="80", ADDRESS="https://figures.example")
    assert ListSettings.if_any() is None
    environment()
    settings = ListSettings.if_any()
    assert settings is not None
    assert settings.oidc_claim == "groups"


@pytest.mark.parametrize("name", _ALL)
def test_a_setting_that_is_wanted_is_named(environment: Environment, name: str) -> None:
    environment(**{name: None})
    with pytest.raises(SettingsError, match=f"^CASEPULSE_WEB_{name}: wanted for the lists"):
        ListSettings.if_any()


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"OIDC_ISSUER": "http://login.example"}, "CASEPULSE_WEB_OIDC_ISSUER: must begin with"),
        ({"OIDC_ISSUER": "http://127.0.0.1.example"}, "CASEPULSE_WEB_OIDC_ISSUER: must begin"),
        ({"OIDC_SCOPE": "profile"}, "CASEPULSE_WEB_OIDC_SCOPE: `openid` must be one"),
        ({"SESSION_KEY": "too-short-secret"}, "CASEPULSE_WEB_SESSION_KEY: "),
        (
            {"AUDIT_HEAD": "/var/lib/casepulse/audit.head"},
            "CASEPULSE_WEB_AUDIT_HEAD: must not lie in the log's own folder",
        ),
        ({"OIDC_CLIENT_SECRET_FILE": "/nowhere"}, "CASEPULSE_WEB_OIDC_CLIENT_SECRET_FILE: No such"),
    ],
)
def test_a_wrong_setting_is_named_and_no_secret_is_told(
    environment: Environment, told: dict[str, str], words: str
) -> None:
    environment(**told)
    with pytest.raises(SettingsError) as refused:
        ListSettings.if_any()
    assert words in str(refused.value)
    assert "too-short-secret" not in str(refused.value)
    assert "a-secret-of-ours" not in str(refused.value)


def test_a_secret_may_stand_in_a_file(environment: Environment, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("f" * 40 + "\n")
    environment(SESSION_KEY=None, SESSION_KEY_FILE=str(tmp_path / "key"))
    settings = ListSettings.if_any()
    assert settings is not None
    assert settings.session_key.get_secret_value() == "f" * 40
    assert "f" * 40 not in repr(settings)


def test_lists_are_read_as_nobody_but_their_own_user(environment: Environment) -> None:
    environment(LISTS_REDIS_USER="lists", LISTS_REDIS_PASSWORD="the-lists-s")
    reader = Settings(redis_user="reader", redis_password="the-reader-s")
    settings = ListSettings.if_any()
    assert settings is not None
    own = settings.of_redis(reader)
    assert (own.redis_user, own.redis) == ("lists", reader.redis)
    assert redis_options(own)["password"] == "the-lists-s"
    alone = settings.model_copy(update={"lists_redis_user": None, "lists_redis_password": None})
    assert "password" not in redis_options(alone.of_redis(reader)), "never the reader's"


def test_what_is_wrong_stops_the_start(environment: Environment, tmp_path: Path) -> None:
    access = tmp_path / "access.toml"
    access.write_text(GRANTS)
    head = tmp_path / "elsewhere" / "audit.head"
    head.parent.mkdir()
    environment(ACCESS=str(access), AUDIT=str(tmp_path / "audit.jsonl"), AUDIT_HEAD=str(head))
    settings = ListSettings.if_any()
    assert settings is not None
    opened = open_lists(Settings(), settings, "https://figures.example", CATALOGUE)
    assert opened.sign_in.sessions.middleware.kwargs["https_only"] is True
    opened = open_lists(Settings(), settings, "http://127.0.0.1:8080", CATALOGUE)
    assert opened.sign_in.sessions.middleware.kwargs["https_only"] is False
    with pytest.raises(SettingsError, match="CASEPULSE_WEB_ADDRESS: must begin with https://"):
        open_lists(Settings(), settings, "http://figures.example", CATALOGUE)
    access.write_text("[grants.a]\n")
    with pytest.raises(AccessError, match=r"line 1: grants\.a\.group"):
        open_lists(Settings(), settings, "https://figures.example", CATALOGUE)
    access.write_text(GRANTS)
    (tmp_path / "audit.jsonl").chmod(0o644)
    with pytest.raises(AuditError, match="chmod 600"):
        open_lists(Settings(), settings, "https://figures.example", CATALOGUE)


def test_which_addresses_are_safe() -> None:
    for address in (
        "https://a.example",
        "http://127.0.0.1:8080",
        "http://localhost",
        "http://[::1]:1",
    ):
        assert is_safe(address)
    for address in (
        "http://a.example",
        "http://127.0.0.1.example",
        "https://",
        "ftp://localhost",
        "",
    ):
        assert not is_safe(address)
    assert not is_loopback("https://127.0.0.1")
