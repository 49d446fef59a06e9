"""The elements of a census return: which are rows, what is read of each, and how.

Names as in the DfE's schemas of 2018 to 2026, and PreProceedingsandFGDM, which is to come. Capitals
don't matter, nor does the order. What is not named here is not read, and no text of it is kept.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import get_args

from casepulse.schemas.codes import AbuseCategory, ClosureReason, Ethnicity, ReferralSource, Sex
from casepulse.schemas.envelope import EARLIEST, LATEST
from casepulse.schemas.extracts import ExtractSettings
from casepulse.streams.sources.codes import Codes

SOURCE = "cin-census"


@dataclass(frozen=True, slots=True)
class Layout:
    """One kind of element that is a row."""

    table: str
    """Its name in the ids of facts."""
    columns: tuple[str, ...]
    """The elements in it that are read."""
    dated_by: int = 1
    """How many of them say what the row is about: the first of these that stands there does."""
    instead_of: Mapping[str, str] = field(default_factory=dict)
    """Columns that count only where another one is blank, and that one."""
    rows: frozenset[str] = frozenset()
    """The elements in it that are rows of their own."""
    around: frozenset[str] = frozenset()
    """The elements in it that only hold others, which are taken for its own."""
    left_alone: frozenset[str] = frozenset()
    """The collection's other elements, never read: personal ones, and what no event says."""

    @property
    def about(self) -> tuple[str, ...]:
        """The columns that say what the row is about."""
        return self.columns[: self.dated_by]


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


LAYOUTS: Mapping[str, Layout] = {
    "Child": Layout(
        "child",
        (
            *("LAchildID", "PersonBirthDate", "ExpectedPersonBirthDate"),
            *("Sex", "GenderCurrent", "Ethnicity"),
        ),
        instead_of={"ExpectedPersonBirthDate": "PersonBirthDate", "GenderCurrent": "Sex"},
        rows=_names("CINdetails"),
        around=_names("ChildIdentifiers ChildCharacteristics"),
        left_alone=_names("UPN FormerUPN UPNunknown PersonDeathDate Disabilities"),
    ),
    "CINdetails": Layout(
        "referral",
        (
            *("CINreferralDate", "ReferralSource", "CINclosureDate", "ReasonForClosure"),
            *("DateOfInitialCPC", "ReferralNFA"),
        ),
        rows=_names(
            "Assessments CINPlanDates Section47 ChildProtectionPlans PreProceedingsandFGDM"
        ),
        left_alone=_names("PrimaryNeedCode"),
    ),
    "Assessments": Layout(
        "assessment",
        ("AssessmentActualStartDate", "AssessmentAuthorisationDate"),
        left_alone=_names("AssessmentInternalReviewDate FactorsIdentifiedAtAssessment"),
    ),
    "CINPlanDates": Layout("plan", ("CINPlanStartDate", "CINPlanEndDate")),
    "Section47": Layout(
        "enquiry",
        ("S47ActualStartDate", "DateOfInitialCPC", "ICPCnotRequired"),
        left_alone=_names("InitialCPCtarget"),
    ),
    "ChildProtectionPlans": Layout(
        "protection",
        ("CPPstartDate", "CPPendDate", "LatestCategoryOfAbuse", "InitialCategoryOfAbuse"),
        instead_of={"InitialCategoryOfAbuse": "LatestCategoryOfAbuse"},
        rows=_names("CPPreviewDate"),
        around=_names("Reviews"),
        left_alone=_names("NumberOfPreviousCPP"),
    ),
    "CPPreviewDate": Layout("review", ("CPPreviewDate",)),
    "PreProceedingsandFGDM": Layout(
        "proceedings",
        ("PPStartDate", "LBPSentDate", "CourtAppDate", "StepDecisionDate"),
        dated_by=3,
        instead_of={"LBPSentDate": "PPStartDate"},
        left_alone=_names(
            "FGDMMeetingOffer FGDMMeetingFac InitialPPMeetingDate ReviewMeetingsCount PPOutcome "
            "LetterInitCPDate"
        ),
    ),
}

_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T[0-9:.]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})?")
_BRITISH = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")


@lru_cache(maxsize=65536)
def day_of(text: str) -> date:
    """A day, as XML writes it, or as people do: day first.

    Raises:
        ValueError: it is none; the message doesn't repeat it.
    """
    written, british = _DAY.fullmatch(text), _BRITISH.fullmatch(text)
    try:
        if written is not None:
            day = date(int(written[1]), int(written[2]), int(written[3]))
        elif british is not None:
            day = date(int(british[3]), int(british[2]), int(british[1]))
        else:
            raise ValueError
    except ValueError:
        raise ValueError("is no date written yyyy-mm-dd") from None
    if not EARLIEST.date() <= day < LATEST.date():
        raise ValueError(f"lies outside the years {EARLIEST.year} to {LATEST.year - 1}")
    return day


#: GenderCurrent, up to 2024, in numbers.
_SEXES = {
    **{"1": "M", "male": "M", "2": "F", "female": "F"},
    **{"0": "U", "9": "U", "unknown": "U", "indeterminate": "U"},
    **{"not known": "U", "not specified": "U", "not stated": "U"},
}

#: The schemas allow 0 and 1 alone; councils' files hold both kinds.
_FLAGS = {"1": "true", "0": "false", "yes": "true", "no": "false", "y": "true", "n": "false"}

_CODES: Mapping[str, tuple[tuple[str, ...], Mapping[str, str]]] = {
    "Sex": (get_args(Sex), _SEXES),
    "GenderCurrent": (get_args(Sex), _SEXES),
    "Ethnicity": (get_args(Ethnicity), {}),
    "ReferralSource": (get_args(ReferralSource), {}),
    "ReasonForClosure": (get_args(ClosureReason), {}),
    "LatestCategoryOfAbuse": (get_args(AbuseCategory), {}),
    "InitialCategoryOfAbuse": (get_args(AbuseCategory), {}),
    "ReferralNFA": (("true", "false"), _FLAGS),
    "ICPCnotRequired": (("true", "false"), _FLAGS),
}


def codes_of(settings: ExtractSettings) -> Mapping[str, Codes]:
    """The codes of each column that holds codes, and what the profile says of them."""
    return {
        column: Codes.of(codes, words, settings.codes.get(column))
        for column, (codes, words) in _CODES.items()
    }
