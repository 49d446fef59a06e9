"""What is sent as a form, before anybody knows who sends it: a few fields, and nothing else."""

import ast
import asyncio
from collections.abc import Iterator
from itertools import repeat
from pathlib import Path

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.testclient import TestClient
from starlette.types import Message

from casepulse.access.audit import AuditLog
from casepulse.access.reading import ListRead
from casepulse.web.demo_identity import DemoSignIn
from casepulse.web.forms import MOST_BYTES, MOST_FIELDS, fields_of
from casepulse.web.lists import OpenLists
from tests.access.people import CATALOGUE, NOW, VISITS
from tests.services import ROOT
from tests.web.list_site import site, token_of

REASON = f"/lists/{VISITS}/reason"
FORMS = "/sign-in", "/sign-out", REASON
WRITTEN = "application/x-www-form-urlencoded"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    """The lists with the demo's sign-in; somebody has signed in."""
    read = ListRead((), NOW, NOW, 1, 0, 0.0)
    log = AuditLog(tmp_path / "audit.jsonl")
    lists = OpenLists(DemoSignIn(CATALOGUE), log, lambda _: read, CATALOGUE)
    with TestClient(site(lists, CATALOGUE), base_url="http://127.0.0.1") as client:
        token = token_of(client.get("/sign-in").text)
        client.post("/sign-in", data={"token": token, "role": "head-of-service"})
        yield client


@pytest.mark.parametrize("path", FORMS)
def test_no_file_is_taken(client: TestClient, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    kept: list[object] = []

    def keep(**told: object) -> object:
        kept.append(told)
        raise AssertionError("a file was taken")

    monkeypatch.setattr("starlette.formparsers.SpooledTemporaryFile", keep)
    answer = client.post(path, files={"token": ("a.txt", b"x" * 100)})
    assert answer.status_code == 400
    assert not kept


@pytest.mark.parametrize("path", FORMS)
def test_a_large_form_is_refused(client: TestClient, path: str) -> None:
    answer = client.post(path, content=b"a" * (MOST_BYTES + 1), headers={"Content-Type": WRITTEN})
    assert answer.status_code == 413


def test_a_form_that_says_how_large_it_is_is_not_read() -> None:
    async def receive() -> Message:
        raise AssertionError("it was read")

    length = str(MOST_BYTES + 1).encode()
    headers = [(b"content-type", WRITTEN.encode()), (b"content-length", length)]
    with pytest.raises(HTTPException) as refused:
        asyncio.run(fields_of(Request({"type": "http", "headers": headers}, receive)))
    assert refused.value.status_code == 413


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("kind", [WRITTEN, "multipart/form-data; boundary=x"])
def test_a_large_form_that_does_not_say_its_length_is_refused(
    client: TestClient, path: str, kind: str
) -> None:
    start = b"a=" if kind == WRITTEN else b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n'
    pieces = [start, *repeat(b"a" * 1000, MOST_BYTES // 1000 + 1)]
    answer = client.post(path, content=iter(pieces), headers={"Content-Type": kind})
    assert "content-length" not in answer.request.headers
    assert answer.status_code == 413


@pytest.mark.parametrize("path", FORMS)
def test_a_form_of_many_fields_is_refused(client: TestClient, path: str) -> None:
    fields = {f"f{number}": "" for number in range(MOST_FIELDS)}
    assert client.post(path, data=fields).status_code == 403, "no token, but it was read"
    assert client.post(path, data={**fields, "more": ""}).status_code == 400


def test_forms_are_read_in_one_place() -> None:
    """So none can be read without these limits."""
    reading = {
        path.name
        for path in (ROOT / "casepulse").rglob("*.py")
        if any(
            isinstance(each, ast.Call)
            and isinstance(each.func, ast.Attribute)
            and each.func.attr in ("form", "body", "stream")
            for each in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        )
    }
    assert reading == {"forms.py"}
