"""Census returns for tests, in as few words as one would write them in."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from casepulse.schemas.envelope import Event
from casepulse.schemas.extracts import ExtractSettings
from casepulse.streams.sources.account import BadRow
from casepulse.streams.sources.cin_census import read
from casepulse.streams.sources.difference import Changes, difference
from casepulse.streams.sources.extract import Extract, Request
from casepulse.streams.sources.told import Told

TAKEN = datetime(2026, 7, 1, tzinfo=UTC)


def tag(name: str, *inner: str, **columns: str) -> str:
    """An element: what it holds, each on a line of its own."""
    said = [f"<{column}>{text}</{column}>" for column, text in columns.items()]
    return "\n".join([f"<{name}>", *said, *inner, f"</{name}>"])


def child(
    *episodes: str, key: str = "1", born: str = "2015-05-04", sex: str = "M", **more: str
) -> str:
    """A Child; `more` are other columns of its identifiers."""
    columns = {"LAchildID": key, "UPN": "A123456789012", "PersonBirthDate": born, "Sex": sex}
    said = {name: text for name, text in {**columns, **more}.items() if text}
    return tag(
        "Child",
        tag("ChildIdentifiers", **said),
        tag("ChildCharacteristics", Ethnicity="WBRI"),
        *episodes,
    )


def episode(began: str, *rows: str, closed: str = "", source: str = "1A", **more: str) -> str:
    """CINdetails."""
    columns = {"CINreferralDate": began, "ReferralSource": source, "PrimaryNeedCode": "N1"}
    if closed:
        columns |= {"CINclosureDate": closed, "ReasonForClosure": "RC1"}
    return tag("CINdetails", *rows, **(columns | {"ReferralNFA": "0"} | more))


def assessment(began: str, authorised: str = "") -> str:
    """An assessment, with the element of its factors left empty."""
    columns = {"AssessmentActualStartDate": began}
    if authorised:
        columns["AssessmentAuthorisationDate"] = authorised
    return tag("Assessments", "<FactorsIdentifiedAtAssessment/>", **columns)


def plan(began: str, ended: str = "") -> str:
    """A child in need plan."""
    ends = {"CINPlanEndDate": ended} if ended else {}
    return tag("CINPlanDates", CINPlanStartDate=began, **ends)


def enquiry(began: str, conference: str = "", needed: str = "false") -> str:
    """An enquiry under section 47."""
    held = {"DateOfInitialCPC": conference} if conference else {}
    return tag("Section47", S47ActualStartDate=began, **held, ICPCnotRequired=needed)


def protection(began: str, ended: str = "", *reviews: str, latest: str = "NEG") -> str:
    """A child protection plan with its reviews."""
    columns = {"CPPstartDate": began, "CPPendDate": ended, "InitialCategoryOfAbuse": "EMO"}
    columns |= {"LatestCategoryOfAbuse": latest, "NumberOfPreviousCPP": "0"}
    held = [f"<CPPreviewDate>{each}</CPPreviewDate>" for each in reviews]
    return tag("ChildProtectionPlans", tag("Reviews", *held), **columns)


def message(*children: str, year: str = "2026", reference: str = "2026-03-31") -> str:
    """A whole return."""
    about = tag("CollectionDetails", Collection="CIN", Year=year, ReferenceDate=reference)
    return tag("Message", tag("Header", about), tag("Children", *children)) + "\n"


class Read:
    """A return, told where nothing was told before."""

    def __init__(self, request: Request) -> None:
        self.extract: Extract = read(request)
        self.changes: Changes = difference(Told(), self.extract)
        self.events: list[Event[Any]] = list(self.changes.events())
        self.accounts = {each.file.rpartition(" ")[2]: each for each in self.extract.accounts}
        self.bad: list[BadRow] = [row for each in self.extract.accounts for row in each.bad_rows]
        for each in self.extract.accounts:
            assert each.rows == (
                each.told
                + each.repeated
                + each.outside
                + each.held_back
                + each.passed_over
                + each.bad
            )
        assert sum(each.facts for each in self.extract.accounts) == len(self.events)

    def told(self, *types: str) -> list[tuple[str, str]]:
        """The day and type of each event, by day; of these types only, if any."""
        return sorted(
            (f"{each.time:%Y-%m-%d}", each.type)
            for each in self.events
            if not types or each.type in types
        )

    def data(self, event_type: str) -> list[Any]:
        """The data of each event of a type, by day."""
        found = [each for each in self.events if each.type == event_type]
        return [each.data for each in sorted(found, key=lambda each: each.time)]

    def only(self, event_type: str) -> Event[Any]:
        (event,) = (each for each in self.events if each.type == event_type)
        return event

    def counts(self, kind: str) -> dict[str, int]:
        """What became of the rows of a kind; without what is nought."""
        account = self.accounts[kind]
        names = ("told", "repeated", "held_back", "passed_over", "bad")
        return {name: count for name in names if (count := getattr(account, name))}


def read_text(folder: Path, text: str | bytes, taken: datetime = TAKEN, **settings: Any) -> Read:
    """A return as text, written to a file and read."""
    path = folder / "cin.xml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return Read(Request(str(path), taken, ExtractSettings(**settings)))


def read_children(folder: Path, *children: str, **given: Any) -> Read:
    """A return of some children."""
    return read_text(folder, message(*children), **given)


def everything() -> Iterable[str]:
    """Children of whom all is told that a return can tell."""
    proceedings = tag(
        "PreProceedingsandFGDM",
        PPStartDate="2025-10-01",
        LBPSentDate="2025-10-02",
        StepDecisionDate="2025-12-01",
        PPOutcome="A",
    )
    yield child(
        episode(
            "2025-05-01",
            assessment("2025-05-02", "2025-06-02"),
            plan("2025-06-10", "2025-07-10"),
            enquiry("2025-07-01", "2025-07-14"),
            protection("2025-07-14", "2026-01-14", "2025-10-01"),
            proceedings,
            closed="2026-02-01",
        )
    )
    yield child(
        episode("2025-06-01"), key="2", born="", sex="U", ExpectedPersonBirthDate="2026-08-01"
    )
