"""What case systems write for a national code, and what is none."""

from typing import get_args

import pytest

from casepulse.schemas import codes
from casepulse.schemas.extracts import ExtractSettings
from casepulse.streams.sources.annex_a import lists
from casepulse.streams.sources.annex_a.words import Meanings
from casepulse.streams.sources.codes import Codes, is_blank

MEANINGS = Meanings.of(ExtractSettings()).codes


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        *((lists.SEX, text, "M") for text in ("a) Male", "Male", "M", "1 - Male", "1", "m) Male")),
        *((lists.SEX, text, "F") for text in ("b) Female", "f", "F) Female", "2", "f. Female")),
        *(
            (lists.SEX, text, "U")
            for text in ("c) Not stated/recorded", "d) Neither", "f) Unknown")
        ),
        (lists.ETHNICITY, "a) WBRI", "WBRI"),
        (lists.ETHNICITY, "(A.A1)White - British", "WBRI"),
        (lists.ETHNICITY, "White British (census 2021)", "WBRI"),
        (lists.ETHNICITY, "(WBRI) something else", "WBRI"),
        (lists.ETHNICITY, "s) NOBT", "NOBT"),
        (lists.NEED, "N1 - Abuse", "N1"),
        (lists.NEED, "N1: Abuse or Neglect", "N1"),
        (lists.NEED, "1 - Abuse or neglect", "N1"),
        (lists.NEED, "Child\N{RIGHT SINGLE QUOTATION MARK}s disability", "N2"),
        (lists.ABUSE, "1d Neglect", "NEG"),
        (lists.ABUSE, "b) Physical abuse", "PHY"),
        (lists.ABUSE, "Sexual\N{NO-BREAK SPACE}abuse", "SAB"),
        (lists.ABUSE, "e) Multiple/not recommended", "MUL"),
        (lists.ABUSE, "Neglect, Emotional abuse", "MUL"),
        (lists.ABUSE, "EMO", "EMO"),
        (lists.PROVIDER, "PR1 - Own provision", "PR1"),
        (lists.PROVIDER, "b) PR1: Own provision", "PR1"),
        (lists.PROVIDER, "Own provision", "PR1"),
        (lists.STATUS, "C2: FCO", "C2"),
        (lists.STATUS, "FCO", "C2"),
        (lists.CARE_END_REASON, "k) E47: Special Guardianship Orders - relative/friend", "E47"),
        (lists.CARE_END_REASON, "E4A", "E4A"),
        (lists.CARE_END_REASON, "e4a - returned home", "E4A"),
        (lists.PLACEMENT, "zz) T4: Temporary placement", "T4"),
        (lists.CONTACT_SOURCE, "q) 6: Police", "6"),
        (lists.CONTACT_SOURCE, "POLICE", "6"),
        (lists.CONTACT_SOURCE, "1D: Individual", "1D"),
        (lists.CONTACT_SOURCE, "10", "10"),
        (lists.CLOSURE_REASON, "RC8 - Case closed", "RC8"),
        (lists.IN_TOUCH, "d) Refu", "REFU"),
        (lists.ACTIVITY, "F1: Full time in higher education", "F1"),
        (lists.REFERRAL_NFA, "b. No", "N"),
        (lists.REFERRAL_NFA, "True", "Y"),
        (lists.REFERRAL_NFA, "c) Unknown", "U"),
        (lists.PLACE, "a) In", "in"),
        (lists.ELIGIBILITY, "b) Former relevant child", "former"),
        (lists.NO_LONGER_REASON, "RD2 - The Court did not make a placement order", "RD2"),
    ],
)
def test_a_code_is_found_in_what_is_written(column: str, text: str, code: str) -> None:
    assert MEANINGS[column].code(text) == code


@pytest.mark.parametrize(
    ("column", "text"),
    [
        (lists.CONTACT_SOURCE, "Code 'Q' is not mapped"),
        (lists.ABUSE, "~DO NOT USE Neglect"),
        (lists.STATUS, "C20 Something"),
        (lists.NEED, "1ABUSNEG - our own word"),
        (lists.SEX, ")"),
        (lists.PLACEMENT, "U60"),
        (lists.CARE_END_REASON, "E4"),
    ],
)
def test_what_is_none_is_not_guessed(column: str, text: str) -> None:
    assert MEANINGS[column].code(text) is None


def test_each_code_of_a_list_is_itself_with_whatever_words_and_letter() -> None:
    for kind in (codes.PlacementType, codes.CareEndReason, codes.ReferralSource, codes.Ethnicity):
        known = Codes.of(get_args(kind))
        for code in get_args(kind):
            for text in (
                code,
                code.lower(),
                f"a) {code}",
                f"zz. {code}: some words",
                f"({code}) x",
            ):
                assert known.code(text) == code


def test_the_profile_holds_for_a_whole_text_before_a_code_at_its_head() -> None:
    known = Codes.of(("1A", "6"), {"police": "6"}, {"1A Police desk": "6", "our own": "1A"})
    assert known.code("1A - Police desk") == "1A"
    assert known.code("1a  police DESK") == "6"
    assert known.code("c) Our own") == "1A"
    assert known.code("Police") == "6"


@pytest.mark.parametrize(
    "text",
    ["", " ", "#N/A", "#MULTIVALUE", "nan", "-", ".", "<blank>", "N/A", "\N{NO-BREAK SPACE}"],
)
def test_these_say_nothing(text: str) -> None:
    assert is_blank(text)
