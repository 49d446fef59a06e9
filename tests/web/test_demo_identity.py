"""The demo's identity: it can be had in the demo and nowhere else."""

import ast
import re
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from casepulse.access.audit import AuditLog
from casepulse.access.reading import ListRead
from casepulse.commands import COMMANDS
from casepulse.counties import GROUP
from casepulse.streams.settings import SettingsError
from casepulse.web.demo_identity import ISSUER, DemoSignIn, roles
from casepulse.web.list_reasons import REASONS
from casepulse.web.list_settings import ListSettings
from casepulse.web.lists import OpenLists
from tests.access.people import CATALOGUE, LINES, NOW, VISITS
from tests.services import ROOT
from tests.web.list_site import records_of, site, subjects, token_of

#: The one module that may make it: that of `casepulse demo`.
DEMONSTRATION = "casepulse/demonstration.py"


def test_no_module_but_the_demos_knows_of_it() -> None:
    """So no setting, variable or file can lead to it: nobody else could make one."""
    modules = [
        path
        for package in ("schemas", "state", "streams", "agents", "casepulse", "deploy")
        for path in (ROOT / package).rglob("*.py")
    ]
    assert len(modules) > 100
    knowing = {
        path.relative_to(ROOT).as_posix()
        for path in modules
        if re.search(r"demo_identity|DemoSignIn", path.read_text(encoding="utf-8"))
    }
    assert knowing <= {"casepulse/web/demo_identity.py", DEMONSTRATION}
    by_name = ("import_module", "__import__", "entry_points")
    loading = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "casepulse").rglob("*.py")
        if any(
            isinstance(each, ast.Name | ast.Attribute)
            and (each.id if isinstance(each, ast.Name) else each.attr) in by_name
            for each in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        )
    }
    # One loads modules of the report alone, one those of commands, one made-up counties.
    loaders = ("reports.py", "commands/__init__.py", "counties/__init__.py")
    assert loading <= {f"casepulse/{name}" for name in loaders}
    assert all("identity" not in each.value for each in entry_points(group=GROUP))
    assert all(each.module.isidentifier() for each in COMMANDS.values())


@pytest.mark.parametrize("value", ["demo", "1", "true", ISSUER, "casepulse.web.demo_identity"])
def test_no_setting_leads_to_it(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    for part in ("", "WEB_"):
        for name in ("DEMO", "IDENTITY", "SIGN_IN", "DEMO_IDENTITY", "LISTS"):
            monkeypatch.setenv(f"CASEPULSE_{part}{name}", value)
    assert ListSettings.if_any() is None
    for name in ListSettings.model_fields:
        monkeypatch.setenv(f"CASEPULSE_WEB_{name.upper()}", value)
    with pytest.raises(SettingsError):
        ListSettings.if_any()
    assert not [name for name in ListSettings.model_fields if "demo" in name]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """The audit log."""
    return tmp_path / "audit.jsonl"


@pytest.fixture
def client(log: Path) -> TestClient:
    """The lists with the demo's sign-in."""
    read = ListRead(tuple(LINES), NOW, NOW, 1, 0, 0.0)
    lists = OpenLists(DemoSignIn(CATALOGUE), AuditLog(log), lambda _: read, CATALOGUE)
    return TestClient(site(lists, CATALOGUE), base_url="http://127.0.0.1")


def choose(client: TestClient, role: str, to: str = f"/lists/{VISITS}") -> str:
    """Choose a role and give a reason; the page that is shown then."""
    form = client.get("/sign-in", params={"to": to})
    page = client.post("/sign-in", data={"token": token_of(form.text), "role": role, "to": to})
    if page.url.path.endswith("/reason"):
        data = {"token": token_of(page.text), "choice": REASONS[0]}
        page = client.post(f"/lists/{VISITS}/reason", data=data)
    return page.text


def test_one_chooses_among_three_made_up_roles(client: TestClient, log: Path) -> None:
    form = client.get("/lists")
    assert form.url.path == "/sign-in"
    assert "A demo identity" in form.text
    assert re.findall(r'name="role" type="radio" value="([^"]+)"', form.text) == list(
        roles(CATALOGUE)
    )
    seen = {}
    for role in roles(CATALOGUE):
        page = choose(client, role)
        seen[role] = len(subjects(page))
        client.cookies.clear()
    assert seen["head-of-service"] == sum(each.measure == VISITS for each in LINES)
    assert {record.look.who.subject for record in records_of(log)} == set(roles(CATALOGUE))
    assert {record.look.who.issuer for record in records_of(log)} == {ISSUER}


def test_the_roles_see_less_and_less() -> None:
    head, locality, team = roles(CATALOGUE).values()
    assert head.grants[0].restricted
    assert not locality.grants[0].restricted
    assert not team.grants[0].restricted
    [name] = team.grants[0].names
    assert {CATALOGUE.profile.locality_of(name)} == locality.grants[0].names


def test_without_a_choice_nobody_is_signed_in(client: TestClient) -> None:
    form = client.get("/sign-in")
    token = token_of(form.text)
    answer = client.post("/sign-in", data={"token": token, "to": "/lists"})
    assert answer.status_code == 400
    assert "There is a problem" in answer.text
    assert client.post("/sign-in", data={"token": token, "role": "admin"}).status_code == 400
    for wrong in ({}, {"token": "x"}):
        answer = client.post("/sign-in", data={"role": "head-of-service", **wrong})
        assert answer.status_code == 403
    assert client.get("/lists", follow_redirects=False).status_code == 303


def test_one_signs_out_and_is_another(client: TestClient) -> None:
    page = choose(client, "head-of-service")
    answer = client.post("/sign-out", data={"token": "x"})
    assert answer.status_code == 403
    answer = client.post("/sign-out", data={"token": token_of(page)})
    assert answer.url.path == "/signed-out"
    assert client.get("/lists", follow_redirects=False).status_code == 303


def test_no_cookie_of_another_run_is_worth_anything(log: Path) -> None:
    first, second = DemoSignIn(CATALOGUE), DemoSignIn(CATALOGUE)
    assert (
        first.sessions.middleware.kwargs["secret_key"]
        != second.sessions.middleware.kwargs["secret_key"]
    )


def test_it_says_on_every_page_that_it_is_a_demo() -> None:
    assert "This is a demo" in (DemoSignIn(CATALOGUE).notice or "")
