"""Ofsted's Annex A, cell by cell: heads, dates, ids, blanks, formulas, and what is no workbook."""

import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.workbook.defined_name import DefinedName

from casepulse.schemas.extracts import ExtractSettings
from casepulse.schemas.source import known_sources
from casepulse.streams.sources.account import Account
from casepulse.streams.sources.annex_a import archive
from casepulse.streams.sources.extract import Extract, ExtractError, Said
from casepulse.streams.sources.readers import READERS
from tests.annex_a import HEADS, TAKEN, cells, extract_of, head_of, row, workbook


def told(extract: Extract, type_: str) -> list[Said]:
    return [each for each in extract.says if type_ == each.data.TYPE]


def days(extract: Extract, type_: str) -> list[str]:
    return [f"{each.time:%Y-%m-%d}" for each in told(extract, type_)]


def whole(extract: Extract) -> None:
    """Every row is accounted for."""
    for each in extract.accounts:
        parts = each.told + each.repeated + each.outside + each.held_back + each.passed_over
        assert each.rows == parts + each.bad, each
        assert len(each.bad_rows) >= each.bad > 0 or not each.bad


def account(extract: Extract, number: int) -> Account:
    return next(
        each
        for each in extract.accounts
        if each.file.endswith((f"List_{number}", f"List {number}", f"list_{number}.csv"))
    )


def of_one(path: Path, number: int, *rows: dict[str, Any], **more: Any) -> Extract:
    extract = extract_of(workbook(path / "a.xlsx", {number: rows}, **more))
    whole(extract)
    return extract


CONTACT = {"Date_of_Contact": date(2026, 6, 1), "Contact_Source": "q) 6: Police"}
PLAN = {"Child_Protection_Plan_Start_Date": date(2026, 3, 2), "Latest_Category": "1d Neglect"}


def test_it_is_among_the_readers() -> None:
    assert READERS["annex-a"].module.endswith("annex_a")


# --- sheets and heads ---


@pytest.mark.parametrize("template", [True, False])
def test_the_template_and_an_export_are_read(tmp_path: Path, template: bool) -> None:
    extract = of_one(tmp_path, 1, row(**CONTACT), template=template, totals=True)
    (contact,) = told(extract, "contact.received")
    assert contact.subject == "contact:400001-20260601-6-1"
    assert contact.time == datetime(2026, 6, 1, 11, tzinfo=UTC)
    (child,) = told(extract, "child.registered")
    assert (child.data.sex, child.data.ethnicity) == ("M", "WBRI")
    assert (account(extract, 1).passed_over, account(extract, 1).told) == (1, 1)


def test_the_first_list_is_not_the_tenth(tmp_path: Path) -> None:
    decided = row(
        Date_of_Decision_that_Child_Should_be=date(2026, 2, 2), Date_Placed=date(2026, 3, 2)
    )
    path = workbook(tmp_path / "a.xlsx", {10: [decided], 11: [], 1: [row(**CONTACT)]})
    extract = extract_of(path)
    assert len(told(extract, "contact.received")) == 1
    assert len(told(extract, "adoption.decided")) == 1
    assert [each.file for each in extract.accounts] == [
        "a.xlsx, List_1", "a.xlsx, List_10", "a.xlsx, List_11",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        lambda head: [each.upper() for each in head],
        lambda head: [f" {each}  " for each in head],
        lambda head: [each.replace(" ", "\N{NO-BREAK SPACE}") for each in head],
        lambda head: [each.replace(" ", "\n", 1) for each in head],
        lambda head: [each.rstrip(" ?").removesuffix("(Y/N)") for each in head],
        lambda head: [each.replace("'", "\N{RIGHT SINGLE QUOTATION MARK}") for each in head],
        lambda head: list(reversed(head)),
    ],
)
def test_a_header_is_known_however_it_is_written(tmp_path: Path, change: Any) -> None:
    said = row(
        Date_Started=date(2026, 2, 3),
        Unaccompanied="a) Yes",
        Date_Ceased=date(2026, 5, 4),
        Reason_Ceased="k) E47: words",
        **{"Child's Category of Need": "N1 - Abuse"},
    )
    book = openpyxl.Workbook()
    book.active.title = "list 8"
    by_name = dict(zip(head_of(8), cells(8, said), strict=True))
    head = change(head_of(8))
    names = head_of(8)[::-1] if head[0] == head_of(8)[-1] else head_of(8)
    book.active.append(head)
    book.active.append([by_name[each] for each in names])
    book.save(tmp_path / "a.xlsx")
    extract = extract_of(tmp_path / "a.xlsx")
    assert len(told(extract, "asylum_seeking.recorded")) == 1
    (ended,) = told(extract, "care_period.ended")
    assert ended.data.reason == "E47"
    assert told(extract, "care_period.started")[0].data.need == "N1"


def test_a_sheet_with_another_name_is_known_by_its_columns(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {1: [row(**CONTACT)], 7: [row(**PLAN)]})
    book = openpyxl.load_workbook(path)
    book["List_7"].title, book["List_1"].title = "Child protection", "List_3"
    book.save(path)
    extract = extract_of(path)
    assert days(extract, "contact.received") == ["2026-06-01"]
    assert days(extract, "protection_plan.started") == ["2026-03-02"]
    assert "a.xlsx, List_3: has the columns of list 1, and was read so" in extract.notes


def test_hidden_sheets(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {1: [row(**CONTACT)], 7: [row(**PLAN)]})
    book = openpyxl.load_workbook(path)
    book["List_7"].sheet_state = "veryHidden"
    old = book.copy_worksheet(book["List_1"])
    old.title, old.sheet_state = "List_1 (old)", "hidden"
    book.save(path)
    extract = extract_of(path)
    assert len(told(extract, "contact.received")) == 1
    assert "a.xlsx, List_7: is hidden, and was read all the same" in extract.notes
    assert any("List_1 (old): is hidden, and was not read" in each for each in extract.notes)
    old.sheet_state = "visible"
    book.save(path)
    with pytest.raises(ExtractError, match="both list 1; leave the one that is meant"):
        extract_of(path)


def test_what_a_sheet_says_of_its_size_is_not_believed(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {1: [row(**CONTACT)]})
    other = tmp_path / "b.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(other, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.startswith("xl/worksheets/"):
                start = content.index(b'<dimension ref="') + len(b'<dimension ref="')
                content = content[:start] + b"A1" + content[content.index(b'"', start) :]
            new.writestr(name, content)
    assert len(told(extract_of(other), "contact.received")) == 1


def test_an_empty_list_and_a_missing_one_are_named(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {1: [row(**CONTACT)], 7: []})
    book = openpyxl.load_workbook(path)
    book.create_sheet("List_9")
    book.save(path)
    extract = extract_of(path)
    assert "a.xlsx, List_7: has the column names and no rows" in extract.notes
    assert "a.xlsx, List_9: has no row with the column names, and was not read" in extract.notes
    assert any(each.startswith("missing: List_2, List_3") for each in extract.notes)
    assert "referral.started" not in extract.windows
    assert {"contact.received", "protection_plan.started"} <= extract.windows.keys()


# --- cells ---


@pytest.mark.parametrize(
    "cell",
    [
        date(2026, 6, 1),
        datetime.fromisoformat("2026-06-01"),
        "01/06/2026",
        "1/6/2026",
        "01/06/2026 00:00:00",
        "2026-06-01",
        "2026-06-01T00:00:00",
        "\N{NO-BREAK SPACE}01/06/2026 ",
        46174,
        46174.0,
        "46174",
    ],
)
def test_a_date_is_read(tmp_path: Path, cell: Any) -> None:
    extract = of_one(tmp_path, 1, row(**{**CONTACT, "Date_of_Contact": cell}))
    assert [each.time for each in told(extract, "contact.received")] == [
        datetime(2026, 6, 1, 11, tzinfo=UTC)
    ]


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("06/24/2026", "is no date written dd/mm/yyyy"),
        ("01/06/26", "is no date written dd/mm/yyyy"),
        ("31/02/2026", "is no date written dd/mm/yyyy"),
        ("May be 1 June", "is no date written dd/mm/yyyy"),
        ("#REF!", "is no date written dd/mm/yyyy"),
        (True, "is no date written dd/mm/yyyy"),
        (12, "is a number that is no date between 1950 and 2099"),
        (18263, "is a number that is no date between 1950 and 2099"),
        (73051, "is a number that is no date between 1950 and 2099"),
        ("01/06/1926", "lies outside the years 1950 to 2099"),
        ("#N/A", "is blank"),
        (None, "is blank"),
    ],
)
def test_what_is_no_date_is_a_bad_cell(tmp_path: Path, cell: Any, reason: str) -> None:
    extract = of_one(
        tmp_path, 1, row(**{**CONTACT, "Date_of_Contact": cell}), row(400002, **CONTACT)
    )
    (bad,) = account(extract, 1).bad_rows
    assert str(bad) == f"a.xlsx, List_1, line 3, F, Date of Contact: {reason}"
    assert extract.doubtful == {"child:400001"}
    assert len(told(extract, "contact.received")) == 1


def test_a_workbook_that_counts_from_1904(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {1: [row(**{**CONTACT, "Date_of_Contact": 44712})]})
    book = openpyxl.load_workbook(path)
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.save(path)
    assert days(extract_of(path), "contact.received") == ["2026-06-01"]


def test_a_time_of_day_is_taken_where_there_is_one(tmp_path: Path) -> None:
    said = {**CONTACT, "Date_of_Contact": datetime.fromisoformat("2026-06-01T09:30")}
    (contact,) = told(of_one(tmp_path, 1, row(**said)), "contact.received")
    assert contact.time == datetime(2026, 6, 1, 8, 30, tzinfo=UTC)
    assert contact.subject == "contact:400001-20260601-6-1"


@pytest.mark.parametrize(
    "child", [400001, 400001.0, "400001", "400001.0", " 400001\N{NO-BREAK SPACE}"]
)
def test_an_id_is_the_same_as_number_and_as_text(tmp_path: Path, child: Any) -> None:
    (registered,) = told(of_one(tmp_path, 1, row(child, **CONTACT)), "child.registered")
    assert registered.subject == "child:400001"


def test_ids_are_padded_and_hashed_as_the_profile_says(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {7: [row(123, **PLAN)]})
    padded = extract_of(path, settings=ExtractSettings(pad_ids=6))
    assert told(padded, "child.registered")[0].subject == "child:000123"
    secret = tmp_path / "secret"
    secret.write_text("a secret of some length")
    hashed = extract_of(path, settings=ExtractSettings(key_file=str(secret)))
    assert "123" not in {each.subject.partition(":")[2] for each in hashed.says}
    assert not any("-123-" in each.id for each in hashed.says)


def test_rows_that_are_none_are_passed_over(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {1: [row(**CONTACT), row(400002, **CONTACT)]}, totals=True)
    book = openpyxl.load_workbook(path)
    sheet = book["List_1"]
    for line in (["Source: our report"], ["Grand total: 2"], head_of(1), [None, 46], ["  "]):
        sheet.append(line)
    sheet.append([None, "a) Male", "a) WBRI", None, 3, date(2026, 6, 2), "6"])
    sheet.append([401234])
    book.save(path)
    extract = extract_of(path)
    whole(extract)
    list_1 = account(extract, 1)
    assert (list_1.told, list_1.passed_over, list_1.bad) == (2, 5, 2)
    assert [str(each).partition(": ")[0] for each in list_1.bad_rows] == [
        "a.xlsx, List_1, line 12, A, Child Unique ID",
        "a.xlsx, List_1, line 13, F, Date of Contact",
    ]
    assert not list_1.whole
    assert "contact.received" not in extract.windows


def test_a_row_twice_is_counted_and_one_that_differs_refused(tmp_path: Path) -> None:
    other = {**PLAN, "Latest_Category": "b) Physical abuse"}
    extract = of_one(tmp_path, 7, row(**PLAN), row(**PLAN, Age=13), row(**other))
    list_7 = account(extract, 7)
    assert (list_7.told, list_7.repeated, list_7.bad) == (1, 1, 1)
    assert str(list_7.bad_rows[0]) == (
        "a.xlsx, List_7, line 5, I, Latest Category of Abuse: "
        "differs from line 3, which is about the same"
    )


def test_contacts_of_one_day_and_source_are_told_apart_by_their_words_alone(tmp_path: Path) -> None:
    words = ("3A: GP", "3a - surgery", "3A: GP")
    rows = [row(**{**CONTACT, "Contact_Source": each}) for each in words]
    extract = of_one(tmp_path, 1, *rows)
    assert [each.subject for each in told(extract, "contact.received")] == [
        "contact:400001-20260601-3A-1", "contact:400001-20260601-3A-2",
    ]  # fmt: skip
    assert account(extract, 1).repeated == 1


def test_what_is_dated_after_the_extract_is_held_back(tmp_path: Path) -> None:
    extract = of_one(tmp_path, 1, row(**{**CONTACT, "Date_of_Contact": date(2026, 7, 1)}))
    assert (account(extract, 1).held_back, list(extract.says)) == (1, [])


def test_an_end_before_its_beginning_is_refused(tmp_path: Path) -> None:
    extract = of_one(tmp_path, 7, row(**PLAN, Child_Protection_Plan_End_Date=date(2026, 3, 1)))
    assert "M, Child Protection Plan End Date: lies before Child Protection Plan Start Date" in str(
        account(extract, 7).bad_rows[0]
    )


def test_an_unknown_code_is_counted_and_costs_nothing(tmp_path: Path) -> None:
    said = {**PLAN, "Latest_Category": "Code 'Q' is not mapped"}
    extract = of_one(tmp_path, 7, row(**said))
    assert account(extract, 7).unknown_codes == {"Latest Category of Abuse": 1}
    assert told(extract, "protection_plan.started")[0].data.category is None


def test_a_contact_of_an_unknown_source_is_one_of_source_unknown(tmp_path: Path) -> None:
    said = {**CONTACT, "Contact_Source": "A neighbour of Mabel"}
    extract = of_one(tmp_path, 1, row(**said))
    assert told(extract, "contact.received")[0].data.source == "10"
    assert account(extract, 1).unknown_codes == {"Contact Source": 1}


def test_the_profile_says_what_a_word_means(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {1: [row(**{**CONTACT, "Contact_Source": "Front desk"})]})
    settings = ExtractSettings(codes={"contact source": {"front desk": "5A"}})
    assert told(extract_of(path, settings=settings), "contact.received")[0].data.source == "5A"


def test_a_birth_date_that_cannot_be_read_hides_nobody(tmp_path: Path) -> None:
    extract = of_one(tmp_path, 7, {**row(**PLAN), "Date of Birth": "May be 8 Jan 2000"})
    assert len(told(extract, "protection_plan.started")) == 1
    assert told(extract, "child.registered") == []
    assert (
        "a.xlsx, List_7, line 3, D, Date of Birth: is no date written dd/mm/yyyy; the row was told "
        "without it" in extract.notes
    )


def test_a_child_who_is_not_born_yet(tmp_path: Path) -> None:
    unborn = {**row(**PLAN), "Date of Birth": date(2026, 9, 1), "Age of Child (Years)": -1}
    undated = {**row(400002, **PLAN), "Date of Birth": None, "Age of Child (Years)": -1}
    extract = of_one(tmp_path, 7, unborn, undated)
    (registered,) = told(extract, "child.registered")
    assert (registered.data.born, registered.data.expected) == (None, date(2026, 9, 1))
    assert (registered.time, registered.by_then) == (TAKEN, True)
    assert any(each.endswith("not registered yet: 1") for each in extract.notes)


def test_formulas(tmp_path: Path) -> None:
    """What Excel calculated is read; what nobody has is a bad cell, and no blank one."""
    path = workbook(
        tmp_path / "a.xlsx", {7: [row(**PLAN), row(400002, **PLAN), row(400003, **PLAN)]}
    )
    book = openpyxl.load_workbook(path)
    book["List_7"]["M3"], book["List_7"]["M4"], book["List_7"]["Q5"] = "=G3+5", "=G4+5", '="x"'
    book.save(path)
    calculated = tmp_path / "b.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(calculated, "w") as new:
        for name in old.namelist():
            content = old.read(name).replace(b"<f>G3+5</f><v />", b"<f>G3+5</f><v>46088</v>")
            content = content.replace(b"<f>G3+5</f><v></v>", b"<f>G3+5</f><v>46088</v>")
            new.writestr(name, content)
    extract = extract_of(calculated)
    whole(extract)
    assert days(extract, "protection_plan.ended") == ["2026-03-07"]
    (bad,) = account(extract, 7).bad_rows
    assert str(bad) == (
        "b.xlsx, List_7, line 4, M, Child Protection Plan End Date: is a formula without its "
        "value: open the workbook in Excel, and save it"
    )
    assert len(told(extract, "protection_plan.started")) == 2


def test_nothing_personal_leaves_the_reader(tmp_path: Path) -> None:
    bad = {**PLAN, "Child_Protection_Plan_Start_Date": "when Mabel came"}
    path = workbook(
        tmp_path / "a.xlsx",
        {
            1: [row(**CONTACT), row("Mabel Smith", **{**CONTACT, "Contact_Source": "Mabel"})],
            7: [row(**bad)],
            8: [row(Date_Started="2026-02-03")],
        },
    )
    extract = extract_of(path)
    assert len(told(extract, "care_period.started")) == 1
    everything = repr((extract, list(extract.says), extract.accounts, extract.notes))
    for word in ("Mabel", "Worker", "ZZ99"):
        assert word not in everything.replace("Allocated Worker", "")


# --- what is told, and what the source says that it tells ---


@pytest.mark.parametrize("size", [32, 40, 50, 64, 70])
def test_the_longest_ids_fit(tmp_path: Path, size: int) -> None:
    book = openpyxl.load_workbook(everything(tmp_path))
    for sheet in book.worksheets[1:]:
        for (cell,) in sheet.iter_rows(min_row=3, max_col=1):
            cell.value = f"{cell.value}{'A' * (size - 6)}"
    book.save(tmp_path / "long.xlsx")
    extract = extract_of(tmp_path / "long.xlsx")
    assert sum(each.told for each in extract.accounts) == 11


def everything(tmp_path: Path) -> Path:
    """A workbook in which every column that is read says something."""
    return workbook(
        tmp_path / "whole.xlsx",
        {
            1: [row(**CONTACT)],
            2: [row(Assessment_start_date=date(2026, 5, 5))],
            3: [row(Date_of_referral=date(2026, 6, 1), Referral_Source="6", Referral_NFA="b) No",
                    Allocated_Team="Assessment North")],
            4: [row(Continuous_Assessment_Start_Date=date(2026, 6, 3),
                    Continuous_Assessment_Date=date(2026, 6, 20))],
            5: [row(Strategy_discussion=date(2026, 6, 5),
                    Date_of_Initial=date(2026, 6, 19)),
                row(400002, Strategy_discussion=date(2026, 6, 5), Was_an_Initial="a) Yes")],
            6: [row(CIN_Start_Date=date(2026, 6, 1), Date_Child_Was=date(2026, 6, 9),
                    CIN_Closure=date(2026, 6, 25), Reason_for_Closure="RC7 - x",
                    Allocated_Team="Assessment North")],
            7: [row(**PLAN, Date_of_the_Last=date(2026, 6, 8), Was_the_Child="a) Yes",
                    Date_of_latest=date(2026, 6, 2), Child_Protection_Plan_End=date(2026, 6, 29)),
                {**row(400005, **PLAN), "Date of Birth": date(2026, 9, 1)}],
            8: [row(Date_Started=date(2026, 1, 5), Unaccompanied="Yes", Start_date_of="05/01/2026",
                    Date_of_Latest="01/02/2026", Date_of_Last_Social="2026-06-01",
                    Date_of_Last_IRO=46174, Date_of_Last_Health=date(2026, 2, 1),
                    Date_of_Last_Dental=date(2026, 3, 1), Date_Ceased=date(2026, 6, 27),
                    Reason_Ceased="E4A", Start_Date_of_Most=date(2026, 1, 5), Placement_Type="U6",
                    Placement_Provider="PR1", Placement_Location="a) In",
                    **{"Child's Category": "N1", "Child's Legal": "C2: FCO"})],
            9: [row(400003, Eligibility="b) Former relevant child", LA_In_Touch="a) Yes",
                    Type_of="B: Parents/relatives", Suitability="a) Suitable",
                    Activity_Status="F1: Full time", Latest_Pathway=date(2026, 4, 1),
                    Latest_Date=date(2026, 6, 6))],
            10: [row(400004, Date_of_Decision_that_Child_Should_be=date(2026, 1, 2),
                     Date_of_Matching=date(2026, 2, 1), Date_Placed=date(2026, 2, 3),
                     Date_of_Decision_that_Child_Should_No=date(2026, 5, 4), Reason_Why="RD4 - x")],
        },
    )  # fmt: skip


def test_what_is_told_is_what_the_source_says_that_it_tells(tmp_path: Path) -> None:
    source = known_sources()["annex-a"]
    extract = extract_of(everything(tmp_path))
    whole(extract)
    assert not any(each.bad for each in extract.accounts)
    said: dict[str, set[str]] = {}
    for each in extract.says:
        of_type = said.setdefault(each.data.TYPE, set())
        for name, value in each.data.model_dump(exclude_defaults=True).items():
            one = f"{name}={value}"
            tells = source.tells[each.data.TYPE]
            some = any(told.startswith(f"{name}=") for told in tells)
            of_type.add(one if some else name)
    ended = said.keys() | {"care_leaver.ended"}  # told when a leaver is no longer on the list
    assert ended == source.tells.keys()
    for type_, names in said.items():
        assert names - source.assumes.get(type_, {}).keys() == set(source.tells[type_]), type_


def test_one_referral_of_two_lists_is_told_once(tmp_path: Path) -> None:
    extract = extract_of(everything(tmp_path))
    (referral,) = told(extract, "referral.started")
    assert (referral.data.source, referral.data.team) == ("6", "assessment-north")
    assert referral.data.referral == "annex-a-20260601"
    (assessment,) = told(extract, "assessment.started")
    assert assessment.data.referral == referral.data.referral


def test_an_enquiry_ends_with_its_conference_or_by_when_none_was_needed(tmp_path: Path) -> None:
    ends = told(extract_of(everything(tmp_path)), "s47_enquiry.completed")
    assert [(each.time, each.by_then) for each in ends] == [
        (datetime(2026, 6, 19, 11, tzinfo=UTC), False), (TAKEN, True),
    ]  # fmt: skip


# --- folders, and what is no workbook ---


def test_a_folder_of_lists_as_csv(tmp_path: Path) -> None:
    extracts = []
    for encoding, separator in (("utf-8-sig", ","), ("utf-16", "\t"), ("cp1252", ";")):
        folder = tmp_path / encoding
        folder.mkdir()
        for number, said in ((1, CONTACT), (10, {})):
            head = separator.join(head_of(number))
            rows = [row(**said)] if said else []
            lines = [
                separator.join("" if cell is None else str(cell) for cell in cells(number, each))
                for each in rows
            ]
            text = "\r\n".join(["List of a kind", head, *lines, ""])
            (folder / f"Annex A list_{number}.csv").write_bytes(text.encode(encoding))
        (folder / "notes.docx").write_text("x")
        extract = extract_of(folder)
        assert any(each.endswith("notes.docx") for each in extract.notes)
        extracts.append([(each.id, each.time, each.data) for each in extract.says])
    assert extracts[0] == extracts[1] == extracts[2]
    assert len(extracts[0]) == 2


def test_a_list_as_csv_with_a_quotation_mark_left_open_is_refused_as_a_whole(
    tmp_path: Path,
) -> None:
    head = ",".join(head_of(1))
    (tmp_path / "list_1.csv").write_text(f'{head}\n400001,,,,,01/06/2026,"6\n400002,,,,,,6\n')
    workbook(tmp_path / "b.xlsx", {7: [row(**PLAN)]})
    extract = extract_of(tmp_path)
    list_1 = account(extract, 1)
    assert "no CSV from line 2 on" in str(list_1.bad_rows[0])
    assert "contact.received" not in extract.windows
    assert len(told(extract, "protection_plan.started")) == 1


def test_the_column_that_makes_a_list_is_missing(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {1: [row(**CONTACT)], 7: [row(**PLAN)]})
    book = openpyxl.load_workbook(path)
    book["List_7"]["G2"] = "Plan begun"
    book.save(path)
    extract = extract_of(path)
    assert str(account(extract, 7).bad_rows[0]) == (
        "a.xlsx, List_7, line 1, Child Protection Plan Start Date: the column is missing"
    )
    assert (account(extract, 7).bad, extract.windows.keys()) == (1, {"contact.received"})


def _zip(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name, content)
    return path


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.xlsx", b"Child Unique ID,Gender\n1,M\n", "is no workbook, whatever its name says"),
        ("a.xlsx", b"", "is no workbook, whatever its name says"),
        ("a.xls", OLE, r"is an old workbook \(\.xls\), or one with a password"),
        ("a.xlsx", OLE, r"is an old workbook \(\.xls\), or one with a password"),
        ("a.xlsx", b"PK\x03\x04" + bytes(100), "is cut short or damaged"),
        ("a.xlsb", b"\0\0\0", "is no workbook, whatever its name says"),
        ("a.csv", b"\0\0\0", "holds none of the lists"),
        ("a.csv", b"a,b\n1,2\n", "holds none of the lists"),
    ],
)
def test_what_is_no_workbook(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(content)
    for place in (tmp_path / name, tmp_path):
        with pytest.raises(ExtractError, match=says):
            extract_of(place)


def test_half_a_workbook_and_none_at_all(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {1: [row(**CONTACT)]})
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(ExtractError, match="is cut short or damaged; copy it again"):
        extract_of(path)
    with pytest.raises(ExtractError, match="is not there; give a workbook, or a folder"):
        extract_of(tmp_path / "b.xlsx")
    _zip(path, {"xl/workbook.bin": b"x"})
    with pytest.raises(ExtractError, match="is no workbook that can be read"):
        extract_of(path)
    _zip(path, {"xl/workbook.xml": b"<workbook/>", "[Content_Types].xml": b"<x/>"})
    with pytest.raises(ExtractError, match="can't be read as a workbook"):
        extract_of(path)


def test_an_archive_that_unpacks_to_too_much_is_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workbook(tmp_path / "a.xlsx", {1: [row(**CONTACT)]})
    monkeypatch.setattr(archive, "LARGEST", 1000)
    with pytest.raises(ExtractError, match=r"would unpack to .* and was not opened"):
        extract_of(path)
    monkeypatch.undo()
    monkeypatch.setattr(archive, "OF_SOME_SIZE", 1000)
    _zip(path, {"xl/workbook.xml": b"<workbook/>", "xl/media/a.bin": bytes(100_000)})
    with pytest.raises(ExtractError, match="would unpack to"):
        extract_of(path)


def test_an_archive_with_a_document_type_is_not_opened(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {1: [row(**CONTACT)]})
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    for encoding in ("utf-8", "utf-16"):
        text = '<!DOCTYPE worksheet [<!ENTITY harmless "6">]><worksheet/>'
        _zip(path, {**parts, "xl/worksheets/sheet2.xml": text.encode(encoding)})
        with pytest.raises(ExtractError, match="has a document type in it"):
            extract_of(path)


def test_names_of_ranges_and_other_things_of_excel_do_no_harm(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", {1: [row(**CONTACT)]})
    book = openpyxl.load_workbook(path)
    book.defined_names["Codes"] = DefinedName("Codes", attr_text="#REF!")
    chart = BarChart()
    chart.add_data(Reference(book["List_1"], min_col=5, min_row=3))
    book.create_chartsheet("Chart").add_chart(chart)
    book.save(path)
    assert len(told(extract_of(path), "contact.received")) == 1


def test_all_eleven_lists_are_known() -> None:
    assert sorted(HEADS) == list(range(1, 12))


def test_what_stands_in_a_cell_is_in_no_warning(
    tmp_path: Path, recwarn: pytest.WarningsRecorder
) -> None:
    path = workbook(tmp_path / "a.xlsx", {1: [row(**CONTACT), row(400002, **CONTACT)]})
    book = openpyxl.load_workbook(path)
    last = book["List_1"].cell(4, 6)  # the day of the second contact
    last.value, last.number_format = 3_000_000, "dd/mm/yyyy"
    book.save(path)
    extract = extract_of(path)
    assert account(extract, 1).bad == 1
    assert not [each for each in recwarn if "3000000" in str(each.message)]
