"""Small Annex A workbooks, as councils have them: Ofsted's template of 2019, an export of 2024."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from casepulse.schemas.extracts import ExtractSettings
from casepulse.streams.sources.annex_a import read
from casepulse.streams.sources.extract import Extract, Request

#: Noon: nothing of the day itself is later.
TAKEN = datetime.fromisoformat("2026-06-30T12:00:00+01:00")

_CHILD = "Child Unique ID|Gender|Ethnicity|Date of Birth|Age of Child (Years)"
_WORKERS = "Allocated Team|Allocated Worker"

#: The columns of each list, as the template has them; of some lists without those in the middle
#: that nobody reads.
HEADS = {
    1: (
        f"{_CHILD}|Date of Contact|Contact Source "
    ),
    2: (
        f"{_CHILD}|Assessment start date|Assessment completion date|"
        "Organisation completing assessment"
    ),
    3: (
        f"{_CHILD}|Date of referral|Referral Source|Referral NFA?|"
        f"Number of Referrals in Last 12 Months|{_WORKERS}"
    ),
    4: (
        f"{_CHILD}|Does the Child have a Disability|Continuous Assessment Start Date|"
        "Child Seen During Continuous Assessment|Continuous Assessment Date of Authorisation|"
        "Was the child assessed as requiring LA "
        "children\N{RIGHT SINGLE QUOTATION MARK}s social care support?|"
        f"{_WORKERS}"
    ),
    5: (
        f"{_CHILD}|Does the Child have a Disability|"
        "Strategy discussion initiating Section 47 Enquiry Start Date|"
        "Was an Initial Child Protection Conference deemed unnecessary?|"
        "Date of Initial Child Protection Conference|"
        "Did the Initial Child Protection Conference Result in a Child Protection Plan|"
        "Number of Section 47 Enquiries in the last 12 months|"
        f"Number of ICPCs in the last 12 months|{_WORKERS}"
    ),
    6: (
        f"{_CHILD}|Does the Child have a Disability|CIN Start Date|Primary Need Code|"
        f"Date Child Was Last Seen|CIN Closure Date|Reason for Closure|Case status|{_WORKERS}"
    ),
    7: (
        f"{_CHILD}|Does the Child have a Disability|Child Protection Plan Start Date|"
        "Initial Category of Abuse|Latest Category of Abuse|Date of the Last Statutory Visit|"
        "Was the Child Seen Alone?|Date of latest review conference|"
        "Child Protection Plan End Date|"
        "Subject to Emergency Protection Order or Protected Under Police Powers "
        "in Last Six Months (Y/N)|"
        f"Number of Previous Child Protection Plans|{_WORKERS}"
    ),
    8: (
        f"{_CHILD}|Unaccompanied Asylum Seeking Child (UASC) within the Last 12 Months (Y/N)|"
        "Does the Child have a Disability|Date Started to be Looked After|"
        "Child's Category of Need|Start date of current legal status|Child's Legal Status|"
        "Date of Latest Statutory Review|Date of Last Social Work Visit|"
        "Date of Last IRO Visit / Contact to the Child|Date of Last Health Assessment|"
        "Date of Last Dental Check|Date Ceased to be Looked After |"
        "Reason Ceased to be Looked After|Start Date of Most Recent Placement|Placement Type|"
        "Placement Provider|Placement postcode|URN of Placement|Placement Location|"
        f"{_WORKERS}"
    ),
    9: (
        f"{_CHILD}|Does the Child have a Disability|{_WORKERS}|Eligibility Category|"
        "LA In Touch |Type of Accommodation|Suitability of Accommodation|Activity Status|"
        "Latest Pathway Plan Review Date|Latest Date of Contact"
    ),
    10: (
        "Child Unique ID|Family identifier|Gender|Ethnicity|Date of Birth|"
        "Age of Child (Years)|Date of Decision that Child Should be Placed for Adoption|"
        "Date of Matching Child and Prospective Adopters|Date Placed for Adoption|"
        "Date of Adoption Order |"
        "Date of Decision that Child Should No Longer be Placed for Adoption|"
        "Reason Why Child No Longer Placed for Adoption"
    ),
    11: (
        "Individual adopter identifier|Family identifier|Gender|Ethnicity|Disability|"
        "Date enquiry received"
    ),
}  # fmt: skip

#: What is personal, and ends at the reader.
PERSONAL = {"Allocated Worker": "Mabel Worker", "Placement postcode": "ZZ99 9ZZ"}

Row = Mapping[str, Any]


def head_of(number: int) -> list[str]:
    """The column names of a list."""
    return HEADS[number].split("|")


def row(child: Any = 400001, **said: Any) -> dict[str, Any]:
    """A row, by the beginnings of its columns' names, with _ for a blank: `Date_of_referral=…`."""
    return {
        "Child Unique ID": child,
        "Gender": "a) Male",
        "Ethnicity": "a) WBRI",
        "Date of Birth": date(2014, 3, 2),
        "Age of Child (Years)": 12,
        **{name.replace("_", " "): value for name, value in said.items()},
    }


def cells(number: int, said: Row) -> list[Any]:
    """A row's cells in the order of its list's columns."""
    head = head_of(number)
    for name in said:
        if not any(each.startswith(name) for each in head) and name not in row():
            raise KeyError(name)
    whole = {**PERSONAL, **said}
    return [next((whole[n] for n in whole if each.startswith(n)), None) for each in head]


def workbook(
    path: Path, lists: Mapping[int, Iterable[Row]], *, template: bool = True, totals: bool = False
) -> Path:
    """Write one.

    Args:
        path: where.
        lists: rows by list. The others are not in it.
        template: with a title above the names of the columns, as Ofsted's; else as an export.
        totals: with a blank line and a total below.
    """
    book = Workbook()
    book.remove(book.active)
    if template:
        book.create_sheet("Front_Sheet").append(["Authority:", "Northshire"])
    for number, rows in lists.items():
        sheet = book.create_sheet(f"List_{number}" if template else f"List {number}")
        if template:
            sheet.append([f"List {number}: of a kind"])
            sheet.merge_cells("A1:E1")
        sheet.append(head_of(number))
        for each in rows:
            sheet.append(cells(number, each))
        if totals:
            sheet.append([])
            sheet.append(["Total", 46])
    book.save(path)
    return path


def extract_of(
    path: Path, taken: datetime = TAKEN, settings: ExtractSettings | None = None
) -> Extract:
    """What is read of it."""
    return read(Request(str(path), taken, settings or ExtractSettings()))
