"""The author's words outlive every re-run."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casepulse.report.commentary import (
    GONE,
    CommentaryError,
    parse_commentary,
    read_commentary,
    with_places,
    write_places,
)
from casepulse.report.document import Chapter, Commentary, Document

KEYS = ["overview", "contact", "contact_initial_visits", "early_help", "data_quality"]


def places(*keys: str) -> list[Commentary]:
    return [Commentary(key, f"What of {key}?") for key in keys]


def document(*keys: str) -> Document:
    chapter = Chapter("all", "All", tuple(places(*keys)))
    return Document(
        "Report", "County", "January 2021", "internal", "2021-01/1-final", (), (chapter,)
    )


def test_a_new_file_has_every_place_and_no_words(tmp_path: Path) -> None:
    path = tmp_path / "commentary" / "2021-01.md"
    assert read_commentary(path) == {}
    write_places(path, document(*KEYS))
    text = path.read_text()
    assert text.startswith("# Commentary, January 2021\n")
    assert [line[3:] for line in text.splitlines() if line.startswith("## ")] == KEYS
    assert "<!-- place: What of overview? -->" in text
    assert read_commentary(path) == {}
    assert [each.name for each in path.parent.iterdir()] == ["2021-01.md"]


def test_words_stay_where_they_are_and_new_places_come_in_between(tmp_path: Path) -> None:
    path = tmp_path / "2021-01.md"
    write_places(path, document("overview", "early_help"))
    written = path.read_text().replace("## early_help\n", "## early_help\nOne.\n\nTwo, *twice*.\n")
    path.write_text(written)
    write_places(path, document(*KEYS))
    assert read_commentary(path) == {"early_help": "One.\n\nTwo, *twice*."}
    assert path.read_text().index("## contact\n") < path.read_text().index("## early_help\n")


def test_words_whose_place_is_gone_are_kept_and_come_back(tmp_path: Path) -> None:
    path = tmp_path / "2021-01.md"
    write_places(path, document(*KEYS))
    path.write_text(path.read_text().replace("## contact\n", "## contact\nStill true.\n"))
    write_places(path, document("overview"))
    text = path.read_text()
    assert f"## {GONE}\n" in text
    assert text.index(f"## {GONE}\n") < text.index("### contact\n") < text.index("Still true.")
    write_places(path, document(*KEYS))
    assert read_commentary(path) == {"contact": "Still true."}
    assert GONE not in path.read_text()


def test_what_stands_above_the_first_place_is_the_authors_too(tmp_path: Path) -> None:
    path = tmp_path / "2021-01.md"
    path.write_text("# My own title\n\nA note to myself.\n")
    write_places(path, document("overview"))
    assert path.read_text().startswith("# My own title\n\nA note to myself.\n\n## overview\n")


def test_a_heading_written_twice_gives_both_its_words(tmp_path: Path) -> None:
    path = tmp_path / "2021-01.md"
    path.write_text("## overview\nFirst.\n\n## contact\n\n## overview\nSecond.\n")
    assert read_commentary(path) == {"overview": "First.\n\nSecond."}
    write_places(path, document("overview"))
    assert read_commentary(path) == {"overview": "First.\n\nSecond."}


def test_a_file_that_cannot_be_read_is_named_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "2021-01.md"
    path.write_bytes(b"## overview\n\xff\xfe\n")
    with pytest.raises(CommentaryError, match=r"2021-01\.md"):
        write_places(path, document("overview"))
    assert path.read_bytes() == b"## overview\n\xff\xfe\n"


def test_an_unchanged_file_is_not_written_again(tmp_path: Path) -> None:
    path = tmp_path / "2021-01.md"
    write_places(path, document(*KEYS))
    before = path.stat()
    write_places(path, document(*KEYS))
    after = path.stat()
    assert (before.st_mtime_ns, before.st_ino) == (after.st_mtime_ns, after.st_ino)


line = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)
lines = st.one_of(
    line,
    st.sampled_from(["", "#", "## A heading of my own", "### contact", "###  x", "<!-- mine -->"]),
)
sections = st.lists(st.tuples(st.sampled_from([*KEYS, GONE, "gone_one"]), st.lists(lines)))


@given(sections, st.lists(st.sampled_from(KEYS), unique=True), st.permutations(KEYS))
def test_no_word_is_ever_lost(
    written: list[tuple[str, list[str]]], first: list[str], second: list[str]
) -> None:
    text = "\n".join("\n".join([f"## {key}", *words]) for key, words in written)
    once = with_places(text, "Commentary", places(*first))
    again = with_places(once, "Commentary", places(*second))
    for made in (once, again):
        told = made.split("\n")
        for _, words in written:
            for line in words:
                # A heading with a key, below the words that have no place, is a place itself.
                assert line in told or not line.strip() or line.startswith("### ")
    assert with_places(again, "Commentary", places(*second)) == again


@given(
    st.dictionaries(st.sampled_from(KEYS), st.text(st.characters(exclude_categories=["Cs", "Cc"])))
)
def test_what_is_written_below_a_heading_is_what_the_report_gets(words: dict[str, str]) -> None:
    text = with_places("", "Commentary", places(*KEYS))
    for key, told in words.items():
        prompt = f"## {key}\n<!-- place: What of {key}? -->"
        text = text.replace(prompt, f"{prompt}\n\n{told}")
    parsed = parse_commentary(text)
    assert {key: parsed[key] for key in words} == words
