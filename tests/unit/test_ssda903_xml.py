"""The SSDA903 return as XML: it says what its CSV files say, or nothing at all."""

import csv
import re
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casepulse.state.records.care import legal_status, placements
from casepulse.state.records.stays import in_care
from casepulse.streams.sources.difference import difference
from casepulse.streams.sources.extract import ExtractError, Said
from casepulse.streams.sources.told import Told
from tests.unit.test_ssda903 import HEADERS, SAMPLE, Read, read_folder

OF_2026 = SAMPLE.parent / "ssda903-2026"

YEAR_END = date(2018, 3, 31)

NESTED = {
    "reviews": "AREVIEW",
    "missing": "AMISSING",
    "oc2": "OC2",
    "placed_for_adoption": "AD_PLACED",
    "previous_permanence": "PERMANENCE",
}

FILES = {
    "header": ["1,M,02/03/2010,WBRI,A1,,", "2,F,02/03/2001,REFU,A1,1,04/05/2017"],
    "episodes": [
        "1,01/05/2017,S,C2,N1,U1,PR1,01/06/2017,X1,CARPL,,,",
        "1,01/06/2017,P,C2,N1,K2,PR4,,,,AB1 2CD,AB1 2CD,123",
        "2,01/05/2015,S,V2,N8,K3,PR4,02/06/2017,E6,,,,",
    ],
    "reviews": ["1,02/03/2010,05/06/2017,PN1", "1,02/03/2010,05/12/2017,PN2"],
    "missing": ["1,02/03/2010,M,05/06/2017,07/06/2017"],
    "oc2": ["1,02/03/2010,17,,0,1,,1,0,1,,0"],
    "oc3": ["2,02/03/2001,YES,F5,U1"],
    "uasc": ["2,F,02/03/2001,02/03/2019"],
    "ad1": ["1,02/03/2010,05/06/2017,07/08/2017,0,2,MF,L11"],
    "placed_for_adoption": ["1,02/03/2010,05/06/2017,07/08/2017,RD2"],
    "previous_permanence": ["1,02/03/2010,P1,,xx/05/2012", "2,02/03/2001,P2,,01/02/2014"],
}


def as_xml(files: Mapping[str, list[str]], *, namespace: str = "") -> str:
    """The same return as one document. Every child in it must have a header."""
    rows: defaultdict[str, defaultdict[str, list[dict[str, str]]]]
    rows = defaultdict(lambda: defaultdict(list))
    for name, lines in files.items():
        for row in csv.DictReader([HEADERS[name], *lines]):
            rows[row.pop("CHILD")][name].append(row)
    children = []
    for child, of in rows.items():
        (header,) = of["header"]
        for name in ("oc3", "ad1", "uasc"):
            for row in of[name]:
                header |= row
        header["UASC"] = "1" if of["uasc"] else ""
        nested = "".join(
            f"<{element}>{_leaves(row, 'DOB')}</{element}>\n"
            for name, element in NESTED.items()
            for row in of[name]
        )
        episodes = "".join(f"<EPISODE>{_leaves(row)}</EPISODE>\n" for row in of["episodes"])
        head = f"<HEADER><CHILDID>{child}</CHILDID>{_leaves(header)}{nested}</HEADER>"
        children.append(f"<CHILD>\n{head}\n{episodes}</CHILD>\n")
    return f"<?xml version='1.0'?>\n<EXPSSDA903{namespace}>\n{''.join(children)}</EXPSSDA903>\n"


def _leaves(row: Mapping[str, str], *without: str) -> str:
    names = {column: "PL" if column == "PLACE" else column for column in row}
    return "".join(
        f"<{names[column]}>{escape(text)}</{names[column]}>" if text else f"<{names[column]} />"
        for column, text in row.items()
        if column not in without
    )


def told_of_csv(folder: Path, files: Mapping[str, list[str]]) -> list[Said]:
    folder.mkdir()
    for name, lines in files.items():
        (folder / f"{name}.csv").write_text("\n".join([HEADERS[name], *lines]))
    return _said(folder)


def told_of_xml(path: Path, document: str) -> list[Said]:
    path.write_text(document, encoding="utf-8")
    return _said(path)


def _said(place: Path) -> list[Said]:
    return sorted(
        read_folder(place, year_end=YEAR_END).says, key=lambda said: (said.subject, said.id)
    )


def test_csv_and_xml_of_a_return_tell_the_same(tmp_path: Path) -> None:
    told = told_of_csv(tmp_path / "csv", FILES)
    assert told_of_xml(tmp_path / "return.xml", as_xml(FILES)) == told
    assert len({said.data.TYPE for said in told}) == 15


def test_every_element_is_accounted_for(tmp_path: Path) -> None:
    told_of_xml(tmp_path / "return.xml", as_xml(FILES))
    got = Read(read_folder(tmp_path, year_end=YEAR_END))
    assert got.counts("return.xml, EPISODE") == (3, 3, 0, 0)
    assert got.counts("return.xml, AREVIEW") == (2, 2, 0, 0)
    assert got.counts("return.xml, HEADER (UASC)") == (1, 1, 0, 0)
    assert sum(each.facts for each in got.extract.accounts) == len(got.events)
    assert not [note for note in got.extract.notes if "not read" in note]


_DAYS = st.sampled_from(["01/05/2017", "03/05/2017", "08/05/2017", "", "31/02/2017"])
_CHILD = st.sampled_from(["1", "2"])


@settings(max_examples=60, deadline=None)
@given(
    episodes=st.lists(
        st.tuples(
            _CHILD,
            _DAYS,
            st.sampled_from("SPLx"),
            st.sampled_from(["C2", "v2", ""]),
            st.just("N1"),
            st.sampled_from(["U1", "T1", "F1"]),
            st.just("PR1"),
            _DAYS,
            st.sampled_from(["X1", "", "E8"]),
            st.sampled_from(["", "CARPL"]),
        ),
        max_size=6,
    ),
    reviews=st.lists(
        st.tuples(_CHILD, st.just("02/03/2010"), _DAYS, st.sampled_from(["PN1", "PN2", "?"])),
        max_size=4,
    ),
)
def test_whatever_is_in_a_return_csv_and_xml_tell_the_same(
    episodes: list[tuple[str, ...]], reviews: list[tuple[str, ...]]
) -> None:
    files = {
        "header": ["1,M,02/03/2010,WBRI,,,", "2,F,02/03/2010,WBRI,,,"],
        "episodes": [",".join((*row, "", "", "")) for row in sorted(episodes)],
        "reviews": [",".join(row) for row in sorted(reviews)],
    }
    with tempfile.TemporaryDirectory() as folder:
        told = told_of_csv(Path(folder) / "csv", files)
        assert told_of_xml(Path(folder) / "return.xml", as_xml(files)) == told


def test_namespaces_and_comments_change_nothing(tmp_path: Path) -> None:
    plain = told_of_xml(tmp_path / "a.xml", as_xml(FILES))
    document = as_xml(FILES, namespace=' xmlns="urn:example:ssda903"')
    document = document.replace("<EPISODE>", "<!-- an episode --><EPISODE>stray")
    assert told_of_xml(tmp_path / "b.xml", document) == plain


def test_a_bad_row_is_told_by_line_and_element(tmp_path: Path) -> None:
    document = as_xml(FILES).replace("<DECOM>01/06/2017</DECOM>", "<DECOM>99/06/2017</DECOM>")
    line = next(n for n, text in enumerate(document.splitlines(), 1) if "99/06" in text)
    told_of_xml(tmp_path / "return.xml", document)
    got = Read(read_folder(tmp_path, year_end=YEAR_END))
    (bad,) = got.bad
    assert (bad.file, bad.line, bad.column) == ("return.xml, EPISODE", line, "DECOM")
    assert got.counts("return.xml, EPISODE") == (3, 2, 0, 1)


def test_lines_are_counted_beyond_what_sixteen_bits_hold(tmp_path: Path) -> None:
    document = as_xml(FILES).replace("<DECOM>01/06/2017</DECOM>", "<DECOM>99/06/2017</DECOM>")
    told_of_xml(tmp_path / "return.xml", document.replace("<CHILD>", "\n" * 70_000 + "<CHILD>", 1))
    (bad,) = Read(read_folder(tmp_path, year_end=YEAR_END)).bad
    assert bad.line > 70_000


@pytest.mark.parametrize("wrong", ["no header", "two headers", "an element twice"])
def test_whose_row_it_is_must_be_plain(tmp_path: Path, wrong: str) -> None:
    document = as_xml({"header": FILES["header"][:1], "episodes": FILES["episodes"][:1]})
    head = document[document.index("<HEADER>") : document.index("</HEADER>") + len("</HEADER>")]
    changed = {
        "no header": document.replace(head, ""),
        "two headers": document.replace(head, head + head.replace(">1<", ">7<", 1)),
        "an element twice": document.replace("<RNE>", "<RNE>P</RNE><RNE>"),
    }[wrong]
    told_of_xml(tmp_path / "return.xml", changed)
    got = Read(read_folder(tmp_path, year_end=YEAR_END))
    assert got.counts("return.xml, EPISODE") == (1, 0, 0, 1)


@pytest.mark.parametrize(
    ("asylum", "ceases", "told", "bad"),
    [
        ("1", "", 1, 0),
        ("0", "", 0, 0),
        ("", "", 0, 0),
        ("", "02/03/2028", 1, 0),
        ("1", "02/03/2028", 1, 0),
        ("soon", "", 0, 1),
    ],
)
def test_who_seeks_asylum_is_said_in_the_header(
    tmp_path: Path, asylum: str, ceases: str, told: int, bad: int
) -> None:
    document = as_xml({"header": FILES["header"][:1]})
    document = re.sub("<UASC ?/>", f"<UASC>{asylum}</UASC><DUC>{ceases}</DUC>", document)
    told_of_xml(tmp_path / "return.xml", document)
    got = Read(read_folder(tmp_path, year_end=YEAR_END))
    assert got.counts("return.xml, HEADER (UASC)") == (told + bad, told, 0, bad)


def test_social_workers_in_the_xml_are_known_by_their_columns(tmp_path: Path) -> None:
    document = as_xml({"header": FILES["header"][:1]})
    worker = "<SW_ID>SW1</SW_ID><SW_DECOM>01/05/2017</SW_DECOM><SW_DEC /><SW_REASON />"
    document = document.replace("</HEADER>", f"<ASWEP>{worker}</ASWEP><ODD><X>1</X></ODD></HEADER>")
    told_of_xml(tmp_path / "return.xml", document)
    got = Read(read_folder(tmp_path, year_end=YEAR_END))
    assert got.only("allocation.started").data.worker == "SW1"
    assert any("no such element: ODD" in note for note in got.extract.notes)


@pytest.mark.parametrize("share", [0.2, 0.6, 0.99])
def test_of_a_document_that_is_cut_off_nothing_is_told(tmp_path: Path, share: float) -> None:
    document = as_xml(FILES)
    with pytest.raises(ExtractError, match=r"return\.xml, line [0-9]+: is no XML from here on"):
        told_of_xml(tmp_path / "return.xml", document[: int(len(document) * share)])


@pytest.mark.parametrize("content", [b"", b"\0", b"CHILD,DOB\n1,2\n", b"<EXPSSDA903>\xe9"])
def test_what_is_no_xml_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "return.xml").write_bytes(content)
    with pytest.raises(ExtractError) as refused:
        read_folder(tmp_path)
    assert "line 1" in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


def test_entities_are_refused(tmp_path: Path) -> None:
    """What stands in their place would be missing without a word."""
    declared = '<!DOCTYPE EXPSSDA903 [<!ENTITY mine "C2">]>\n<EXPSSDA903>'
    document = as_xml(FILES).replace("<EXPSSDA903>", declared)
    with pytest.raises(ExtractError, match="document type"):
        told_of_xml(tmp_path / "return.xml", document.replace("<LS>C2", "<LS>&mine;"))


def test_another_document_is_none_of_the_return(tmp_path: Path) -> None:
    (tmp_path / "cin.xml").write_text("<Message><Header /></Message>")
    with pytest.raises(ExtractError, match="none of the files"):
        read_folder(tmp_path)
    (tmp_path / "reviews.csv").write_text(f"{HEADERS['reviews']}\n1,,05/06/2017,PN1\n")
    assert any("cin.xml" in note for note in read_folder(tmp_path).notes)


def test_xml_beside_a_file_that_says_the_same_is_refused(tmp_path: Path) -> None:
    (tmp_path / "return.xml").write_text(as_xml(FILES))
    (tmp_path / "reviews.csv").write_text(f"{HEADERS['reviews']}\n")
    with pytest.raises(ExtractError, match=r"return\.xml and reviews\.csv both hold reviews"):
        read_folder(tmp_path)


def test_social_workers_may_lie_beside_the_xml(tmp_path: Path) -> None:
    (tmp_path / "return.xml").write_text(as_xml(FILES))
    row = "1,02/03/2010,SW1,01/05/2017,,"
    (tmp_path / "social_worker.csv").write_text(f"{HEADERS['sw_episodes']}\n{row}\n")
    got = Read(read_folder(tmp_path))
    assert got.only("allocation.started").subject == "child:1"


def test_nothing_personal_is_read_out_of_it(tmp_path: Path) -> None:
    document = as_xml(FILES).replace("<UPN>A1</UPN>", "<UPN>Q1234567</UPN><NAME>Jo Bloggs</NAME>")
    document = document.replace("<LS>C2</LS>", "<LS>Jo Bloggs</LS>")
    (tmp_path / "return.xml").write_text(document)
    told = repr(read_folder(tmp_path))
    assert not [each for each in ("Bloggs", "Q1234567", "AB1 2CD") if each in told]


def test_the_sample_as_xml_tells_the_same(tmp_path: Path) -> None:
    if not SAMPLE.exists():
        pytest.skip(f"the sample return is not laid beside the project: {SAMPLE}")
    files = {path.stem: path.read_text("utf-8").splitlines()[1:] for path in SAMPLE.glob("*.csv")}
    document = told_of_xml(tmp_path / "return.xml", as_xml(files))
    assert document == _said(SAMPLE)


# --- the return of 2026 ---


def _of_2026(place: str) -> Any:
    if not OF_2026.exists():
        pytest.skip(f"the return of 2026 is not laid beside the project: {OF_2026}")
    return read_folder(OF_2026 / place, year_end=None, taken=datetime(2026, 7, 1, tzinfo=UTC))


def test_csv_and_xml_of_2026_tell_the_same() -> None:
    """But for social workers, for whom the XML has no place."""
    files, document = _of_2026("csv"), _of_2026("ssda903-2026.xml")
    told = [said for said in files.says if not said.data.TYPE.startswith("allocation.")]
    assert sorted(document.says, key=lambda said: said.id) == sorted(told, key=lambda s: s.id)
    assert files.kind == document.kind == "year=2026"
    before = difference(Told(), files).after
    later = datetime(2026, 7, 2, tzinfo=UTC)
    again = read_folder(OF_2026 / "ssda903-2026.xml", taken=later)
    assert not len(difference(before, again))


@pytest.mark.parametrize("place", ["csv", "ssda903-2026.xml"])
def test_the_return_of_2026_is_read_whole(place: str) -> None:
    """The counts are by hand: README.md beside it."""
    got = Read(_of_2026(place))
    assert got.bad == []
    children = [f"M90{number}" for number in range(1, 9)]
    assert {event.subject for event in got.events} == {f"child:{child}" for child in children}
    assert (
        sum(
            each.rows
            for each in got.extract.accounts
            if "pisode" in each.file.lower() and "sw" not in each.file
        )
        == 12
    )
    assert len(got.told("care_review.held")) == 5
    views = {child: got.view(child, datetime(2026, 4, 1, tzinfo=UTC)) for child in children}
    there = [child for child, view in views.items() if view.records(in_care)]
    assert there == children[:6]
    under_v2 = [child for child in there if views[child].records(legal_status) == "V2"]
    assert under_v2 == ["M901", "M902", "M905"]
    assert [len(view.records(placements)) for view in views.values()] == [2, 1, 1, 1, 3, 1, 1, 1]


def test_the_social_workers_of_2026() -> None:
    got = Read(_of_2026("csv"))
    of_m904 = [e for e in got.events if e.type == "allocation.started" and "M904" in e.subject]
    assert len({event.data.worker for event in of_m904}) == 3
    assert got.account["dolo.csv"].passed_over == 1
