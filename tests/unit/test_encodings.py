"""Files that Windows' own tools wrote: a mark before the first line costs nothing."""

import codecs
import io
from pathlib import Path

import pytest

from casepulse.access.rules import load_access
from casepulse.report.commentary import read_commentary
from casepulse.schemas.profile import load_profile
from casepulse.state import open_catalogue
from casepulse.streams.encodings import encoding_of, in_utf8, lines_of
from casepulse.streams.settings import Settings
from tests.commanding import Run

TEXT = "erste Zeile, é\n\nзвук 音 😀\nohne Ende"

ENCODED = {
    "plain": TEXT.encode(),
    "utf-8": codecs.BOM_UTF8 + TEXT.encode(),
    "utf-16-le": codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
    "utf-16-be": codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
    "utf-32": codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"),
}


@pytest.mark.parametrize("encoding", ENCODED)
@pytest.mark.parametrize("block", [1, 3, 64 * 1024])
def test_every_line_is_read_in_every_encoding(
    encoding: str, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("casepulse.streams.encodings._BLOCK", block)
    lines = list(lines_of(io.BytesIO(ENCODED[encoding])))
    assert lines == [each.encode() for each in TEXT.splitlines(keepends=True)]
    assert in_utf8(ENCODED[encoding]) == TEXT.encode()


@pytest.mark.parametrize(
    ("written", "found"),
    [
        *((each, each) for each in ("utf-8-sig", "utf-16", "utf-32", "cp1252")),
        *((each, each) for each in ("utf-16-le", "utf-16-be")),
        ("utf-8", "utf-8"),
        ("latin-1", "cp1252"),
    ],
)
@pytest.mark.parametrize("block", [1, 3, 64 * 1024])
def test_the_encoding_of_xml_is_known_by_its_bytes(
    written: str, found: str, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("casepulse.streams.encodings._BLOCK", block)
    text = '<?xml version="1.0" encoding="koi8-r"?><a>\u00fc</a>'
    content = text.encode(written)
    assert encoding_of(io.BytesIO(content)) == found
    assert content.decode(found) == text


@pytest.mark.parametrize("content", [b"", b"<", b"<a", "<a>ü".encode()[:-1] + b">"])
def test_what_is_hardly_there_has_an_encoding(content: bytes) -> None:
    assert encoding_of(io.BytesIO(content)) in ("utf-8", "cp1252")


@pytest.mark.parametrize("content", [b"", b"\n", b"\n\n\n\n\n", b"a\nb\nc\nd\n", b"\xff"])
def test_what_has_no_mark_is_read_as_it_stands(content: bytes) -> None:
    assert list(lines_of(io.BytesIO(content))) == content.splitlines(keepends=True)


def test_a_mark_alone_is_nothing() -> None:
    assert list(lines_of(io.BytesIO(codecs.BOM_UTF16_LE))) == []


def _saved(county: bytes, encoding: str) -> bytes:
    """As an editor on Windows saves it."""
    text = county.decode().replace("\n", "\r\n")
    return {"utf-8": codecs.BOM_UTF8, "utf-16-le": codecs.BOM_UTF16_LE}[encoding] + text.encode(
        encoding
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
@pytest.mark.parametrize("way", ["file", "-"])
def test_a_file_of_events_with_a_mark_gives_the_same_figures(
    casepulse: Run, county: bytes, tmp_path: Path, encoding: str, way: str
) -> None:
    arguments = ("--at", "2021-02-01", "--format", "json")
    file, saved = tmp_path / "events.jsonl", _saved(county, encoding)
    file.write_bytes(saved)
    expected = casepulse("evaluate", "-", *arguments, given=county)
    ran = casepulse("evaluate", "-" if way == "-" else file, *arguments, given=saved)
    assert (ran.status, ran.error) == (0, "")
    assert ran.out == expected.out


def test_what_is_no_utf_16_is_told_by_its_line(
    casepulse: Run, county: bytes, tmp_path: Path
) -> None:
    file = tmp_path / "events.jsonl"
    lone = b"\x00\xd8"  # half of a character
    first, _, rest = _saved(county, "utf-16-le").partition("\r\n".encode("utf-16-le"))
    file.write_bytes(first + "\n".encode("utf-16-le") + lone + "\n".encode("utf-16-le") + rest)
    ran = casepulse("evaluate", file, "--at", "2021-02-01", "--format", "json")
    assert ran.status == 1
    assert f"{file}:2: " in ran.error
    assert "bad lines left out: 1;" in ran.error


def test_an_archive_holds_the_first_event_too(
    casepulse: Run, county: bytes, tmp_path: Path
) -> None:
    events = b"".join(line for line in county.splitlines(True) if b"clock.ticked" not in line)
    ran = casepulse("archive", tmp_path / "archive", "-", given=_saved(events, "utf-16-le"))
    assert ran.status == 0
    assert f"{len(events.splitlines()):,} messages read; 0 told" in ran.error


def test_files_that_people_edit_may_begin_with_a_mark(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def saved(name: str, text: str) -> Path:
        (tmp_path / name).write_text(text, encoding="utf-8-sig")
        return tmp_path / name

    said = 'base = "january-2021"\nauthority = "Anywhere"\n'
    assert load_profile(saved("profile.toml", said)).authority == "Anywhere"
    rules = '[grants.all]\ngroup = "all"\nrole = "Head"\nscope = "service"\n'
    assert load_access(saved("access.toml", rules), open_catalogue()).known(["all"]) == ["all"]
    assert read_commentary(saved("2021-01.md", "## overview\nWords.\n")) == {"overview": "Words."}
    monkeypatch.setenv("CASEPULSE_REDIS_PASSWORD_FILE", str(saved("password", "secret\n")))
    password = Settings.from_environment(redis_user="reader").redis_password
    assert password is not None
    assert password.get_secret_value() == "secret"


@pytest.mark.parametrize("encoding", [*ENCODED, "cp1252"])
def test_what_a_text_is_in(encoding: str) -> None:
    text = "erste Zeile, \u00e9" if encoding == "cp1252" else TEXT
    content = text.encode(encoding) if encoding == "cp1252" else ENCODED[encoding]
    file = io.BytesIO(content)
    assert file.read().decode(encoding_of(io.BytesIO(content))) == text
    file.seek(0)
    encoding_of(file)
    assert file.tell() == 0


def test_a_letter_cut_in_two_by_the_end_of_a_block_is_utf_8() -> None:
    content = b"x" * (64 * 1024 - 1) + "\u00e9".encode()
    assert encoding_of(io.BytesIO(content)) == "utf-8"
    assert encoding_of(io.BytesIO(content[:-1])) == "cp1252"
