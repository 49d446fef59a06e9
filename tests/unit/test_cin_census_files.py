"""The XML of a census return: in whatever form it comes, whole or refused."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casepulse.schemas.events import write_event
from casepulse.streams.sources.cin_census import check, read
from casepulse.streams.sources.cin_census.layout import LAYOUTS
from casepulse.streams.sources.extract import ExtractError, Request
from casepulse.streams.sources.readers import reader_of
from casepulse.streams.sources.xml_elements import elements_of
from tests.commanding import Run
from tests.unit.census import (
    TAKEN,
    Read,
    child,
    enquiry,
    episode,
    everything,
    message,
    read_children,
    read_text,
    tag,
)

WHOLE = message(*everything())


def bytes_of(got: Read) -> list[bytes]:
    return list(map(write_event, got.events))


def refused(folder: Path, content: str | bytes) -> str:
    """Why a return is refused. Nothing of it is told: reading it is what fails."""
    path = folder / "cin.xml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(ExtractError) as error:
        read(Request(str(path), TAKEN))
    return str(error.value)


# --- in other words, the same ---


def test_the_reader_is_found_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "cin.xml").write_text(WHOLE)
    extract = reader_of("cin-census").read(Request(str(tmp_path), TAKEN))
    assert (extract.source, extract.kind) == ("cin-census", "year=2026")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<Message>", '<Message xmlns="urn:a.b">'),
        ("<Message>", '<Message xmlns:xsi="urn:xsi" xsi:schemaLocation="http://127.0.0.1/x.xsd">'),
        ("<Message>", '<?xml version="1.0" encoding="utf-8"?>\n<Message>'),
        ("<Child>", "<Child>somebody's words"),
        ("</Sex>", "</Sex> words <!-- and a note --><?and this?>"),
        (">2025-05-01<", ">\n  2025-05-01<!-- a Thursday -->\n<"),
        (">2025-05-01<", "><![CDATA[2025-05-01]]><"),
        (">2025-05-01<", ">&#50;025-05-01<"),
        (">2025-05-01<", ">01/05/2025<"),
        (">2025-05-01<", ">2025-05-01T00:00:00<"),
        (">2025-05-01<", ">2025-05-01+01:00<"),
        ("LAchildID", "LAChildID"),
        ("CINdetails", "CINDetails"),
        ("\n", "\r\n"),
        ("\n", ""),
        ("</Message>\n", "</Message>\n\n<!-- made up -->\n"),
    ],
)
def test_what_is_written_otherwise_says_the_same(tmp_path: Path, before: str, after: str) -> None:
    assert before in WHOLE
    plain, otherwise = read_text(tmp_path, WHOLE), read_text(tmp_path, WHOLE.replace(before, after))
    assert otherwise.bad == []
    assert bytes_of(otherwise) == bytes_of(plain) != []


def test_a_namespace_with_a_prefix_is_left_off(tmp_path: Path) -> None:
    text = WHOLE.replace("</", "</c:").replace("<", "<c:").replace("<c:/c:", "</c:")
    prefixed = text.replace("<c:Message>", '<c:Message xmlns:c="urn:a.b">')
    assert bytes_of(read_text(tmp_path, prefixed)) == bytes_of(read_text(tmp_path, WHOLE))


@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "ascii"]
)
@pytest.mark.parametrize("declared", ["", "utf-8", "UTF-16", "windows-1252", "iso-8859-1", "x-y"])
def test_the_bytes_say_which_encoding_it_is_whatever_is_declared(
    tmp_path: Path, encoding: str, declared: str
) -> None:
    head = f'<?xml version="1.0" encoding="{declared}"?>\n' if declared else ""
    software = "Kindeswohl" if encoding == "ascii" else "Fürsorge"
    text = head + WHOLE.replace("<Header>", f"<Header><SoftwareCode>{software}</SoftwareCode>")
    got = read_text(tmp_path, text.encode(encoding))
    assert bytes_of(got) == bytes_of(read_text(tmp_path, WHOLE))


def test_an_id_is_read_in_its_encoding(tmp_path: Path) -> None:
    keys = {
        read_text(tmp_path, message(child(key="Nº 1")).encode(each)).events[0].subject
        for each in ("utf-8", "cp1252", "utf-16")
    }
    assert len(keys) == 1


def test_the_order_of_the_elements_does_not_matter(tmp_path: Path) -> None:
    rows = [enquiry("2025-05-02", "2025-05-12"), enquiry("2025-07-02")]
    two = [episode("2025-05-01", *rows, closed="2025-06-01"), episode("2025-07-01")]
    got = read_children(tmp_path, child(*two), child(key="2"))
    two[0] = episode("2025-05-01", *reversed(rows), closed="2025-06-01")
    assert bytes_of(got) == bytes_of(read_children(tmp_path, child(key="2"), child(*reversed(two))))


# --- which file ---


def test_a_folder_holds_one(tmp_path: Path) -> None:
    with pytest.raises(ExtractError, match="holds no XML file"):
        read(Request(str(tmp_path), TAKEN))
    (tmp_path / "README.md").write_text("not it")
    (tmp_path / "CIN.XML").write_text(WHOLE)
    assert Read(Request(str(tmp_path), TAKEN)).events
    (tmp_path / "again.xml").write_text(WHOLE)
    with pytest.raises(ExtractError, match=r"holds CIN\.XML, again\.xml; give the one"):
        read(Request(str(tmp_path), TAKEN))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ExtractError, match="No such file"):
        read(Request(str(tmp_path / "none.xml"), TAKEN))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "line 1: the file ends too early"),
        ("LAchildID,Sex\n1,M\n", "is no XML"),
        ("<EXPSSDA903/>", "its first element is no Message"),
        (WHOLE.replace(">CIN<", ">SSDA903<"), "it is no CIN census"),
        (WHOLE.replace("</Sex>", "</Sox>"), "what stands there is no XML"),
        (WHOLE.replace(">M<", ">\0<"), "what stands there is no XML"),
        (WHOLE.replace(">M<", ">&nbsp;<"), "what stands there is no XML"),
        (WHOLE + WHOLE, "what stands there is no XML"),
    ],
)
def test_what_is_no_census_return_is_refused(tmp_path: Path, content: str, why: str) -> None:
    assert why in refused(tmp_path, content)


def test_a_return_without_children_is_one(tmp_path: Path) -> None:
    got = read_text(tmp_path, message())
    assert (got.events, got.bad) == ([], [])
    assert "holds no child" in got.extract.notes


# --- half of one ---


@given(st.integers(0, len(WHOLE.rstrip()) - 1))
def test_half_a_return_tells_nothing(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    said = refused(tmp_path_factory.mktemp("half"), WHOLE[:cut])
    line = WHOLE[:cut].count("\n") + 1
    # where it breaks off: an unfinished tag is told by the line that it began on, or the end
    assert any(f"line {each}:" in said for each in (line, line - 1, 1))
    assert "nothing of the file was told" in said


def test_the_line_is_named_of_a_file_of_many_lines(tmp_path: Path) -> None:
    many = "\n" * 70_000
    said = refused(tmp_path, WHOLE.replace("<Child>", f"{many}<Child>", 1)[:-20])
    assert int(said.partition("line ")[2].partition(":")[0]) > 70_000
    bad = read_text(tmp_path, message(many, child(episode("never")))).bad
    assert bad[0].line > 70_000
    text = (tmp_path / "cin.xml").read_text()
    assert text.splitlines()[bad[0].line - 1] == "<CINdetails>"


# --- entities ---

_ENTITY = '<!DOCTYPE Message [<!ENTITY ab "ab">]>\n'


@pytest.mark.parametrize(
    "content",
    [
        _ENTITY + WHOLE.replace(">M<", ">&ab;<"),
        _ENTITY + WHOLE,
        "<!DOCTYPE Message>\n" + WHOLE,
        '<?xml version="1.0"?>\n<!-- a note -->\n' + _ENTITY + WHOLE,
        '<!DOCTYPE Message SYSTEM "nowhere.dtd">\n' + WHOLE,
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_return_with_a_doctype_is_refused(tmp_path: Path, content: str, encoding: str) -> None:
    assert "has a DOCTYPE" in refused(tmp_path, content.encode(encoding))
    (tmp_path / "any.xsd").write_text(XSD)
    with pytest.raises(ExtractError, match="has a DOCTYPE"):
        check(tmp_path / "cin.xml", tmp_path / "any.xsd")


def test_a_file_beside_it_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "beside.txt").write_text("beside")
    entity = f'<!DOCTYPE Message [<!ENTITY e SYSTEM "{tmp_path / "beside.txt"}">]>\n'
    said = refused(tmp_path, entity + WHOLE.replace(">WBRI<", ">&e;<"))
    assert "has a DOCTYPE" in said


# --- no more is kept than is needed ---


def test_no_more_than_one_child_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "cin.xml"
    others = ["<Odd><Odder/></Odd>"] * 500
    path.write_text(message(*(child(key=str(each)) for each in range(1000)), *others))
    count = 0
    for element, lines in elements_of(path, "Message", frozenset({"Child"})):
        count += 1
        parent = element.getparent()
        assert parent is not None
        assert len(parent) <= 2
        assert len(lines) == 8
    assert count == 1000
    assert list(elements_of(path, "Message", frozenset({"Nobody"}))) == []


# --- what a schema finds ---

XSD = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
 <xs:element name="Message"><xs:complexType><xs:sequence>
  <xs:element name="Header" type="xs:anyType"/>
  <xs:element name="Children"><xs:complexType><xs:sequence>
   <xs:element name="Child" maxOccurs="unbounded"><xs:complexType><xs:sequence>
    <xs:element name="LAchildID" type="xs:string"/>
    <xs:element name="PersonBirthDate" type="xs:date"/>
    <xs:element name="Sex"><xs:simpleType><xs:restriction base="xs:string">
     <xs:enumeration value="M"/><xs:enumeration value="F"/>
    </xs:restriction></xs:simpleType></xs:element>
   </xs:sequence></xs:complexType></xs:element>
  </xs:sequence></xs:complexType></xs:element>
 </xs:sequence></xs:complexType></xs:element>
</xs:schema>
"""


def _checked(folder: Path, *children: str, head: str = "<Message>") -> list[str]:
    (folder / "cin.xml").write_text(message(*children).replace("<Message>", head))
    (folder / "made-up.xsd").write_text(XSD)
    return list(map(str, check(folder / "cin.xml", folder / "made-up.xsd")))


def test_a_schema_names_the_lines_and_no_value(tmp_path: Path) -> None:
    right = tag("Child", LAchildID="1", PersonBirthDate="2015-05-04", Sex="M")
    wrong = [
        tag("Child", LAchildID="2", PersonBirthDate="SECRET", Sex="SECRET"),
        tag("Child", LAchildID="3", Sex="M"),
        tag("Child", LAchildID="4"),
        tag("Child", "SECRET", LAchildID="5", PersonBirthDate="2015-05-04", Sex="M"),
    ]
    assert _checked(tmp_path, right) == []
    found = _checked(tmp_path, right, *wrong)
    assert found == [
        "cin.xml, line 17, PersonBirthDate: is not written as the schema asks for",
        "cin.xml, line 18, Sex: is none of the codes that the schema allows",
        "cin.xml, line 22, Sex: is not expected here, or something is missing in it: the schema "
        "expects PersonBirthDate",
        "cin.xml, line 24, Child: is not expected here, or something is missing in it: the schema "
        "expects PersonBirthDate",
        "cin.xml, line 27, Child: holds text beside its elements",
    ]
    assert _checked(tmp_path, right, *wrong, head='<Message xmlns="urn:a.b">') == found


def test_the_command_names_what_a_schema_finds_and_refuses_nothing(
    casepulse: Run, tmp_path: Path
) -> None:
    (tmp_path / "made-up.xsd").write_text(XSD)
    (tmp_path / "cin.xml").write_text(WHOLE)
    place = tmp_path / "cin.xml"
    ran = casepulse("sources", "check", "cin-census", place, "--xsd", tmp_path / "made-up.xsd")
    assert (ran.status, ran.error) == (0, "")
    assert re.search(r"cin\.xml, line \d+, ChildIdentifiers: is not expected here", ran.out)
    assert re.search(r"against made-up\.xsd: \d+ wrong; nothing is refused for that", ran.out)
    assert re.search(r"cin\.xml, CINdetails +2 +2 ", ran.out)


def test_a_source_without_schemas_says_so(casepulse: Run, tmp_path: Path) -> None:
    rows = "CHILD,SEX,DOB,ETHNIC\n1,1,01/05/2010,WBRI\n"
    (tmp_path / "header.csv").write_text(rows)
    ran = casepulse("sources", "check", "ssda903", tmp_path, "--xsd", tmp_path / "any.xsd")
    assert ran.status == 1
    assert "ssda903: its extracts have no schema to be checked against" in ran.error


def test_what_a_schema_finds_wrong_is_read_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "made-up.xsd").write_text(XSD)
    got = read_text(tmp_path, WHOLE)
    assert check(tmp_path / "cin.xml", tmp_path / "made-up.xsd")
    assert got.bad == []


@pytest.mark.parametrize("content", [None, "<xs:schema", "<Message/>", ""])
def test_a_schema_that_is_none_is_named(tmp_path: Path, content: str | None) -> None:
    (tmp_path / "cin.xml").write_text(WHOLE)
    if content is not None:
        (tmp_path / "bad.xsd").write_text(content)
    with pytest.raises(ExtractError, match=r"bad\.xsd"):
        check(tmp_path, tmp_path / "bad.xsd")


def test_every_kind_of_row_says_by_what_it_is_dated() -> None:
    for layout in LAYOUTS.values():
        assert layout.about
        assert not layout.left_alone & set(layout.columns)
