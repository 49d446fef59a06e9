"""The words of Annex A's code lists, and the codes that they mean.

Ofsted's template has for each column a "preferred code", which is a letter with the code, with its
words, or with both. Systems write one, the other, or words alone.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import permutations
from typing import get_args

from casepulse.schemas import codes
from casepulse.schemas.extracts import ExtractSettings
from casepulse.streams.sources.annex_a import lists
from casepulse.streams.sources.annex_a.row import Row
from casepulse.streams.sources.codes import Codes

_FLAG = {
    "yes": "Y", "true": "Y", "1": "Y", "no": "N", "false": "N", "0": "N", "unknown": "U",
    "not known": "U", "not recorded": "U",
}  # fmt: skip

_SEX = {
    "male": "M", "boy": "M", "1": "M", "female": "F", "girl": "F", "2": "F", "neither": "U",
    "not stated recorded": "U", "not stated": "U", "not recorded": "U", "not known": "U",
    "unknown": "U", "indeterminate": "U", "unborn": "U", "0": "U", "9": "U",
}  # fmt: skip

_ETHNICITY = {
    "white british": "WBRI", "british": "WBRI", "white irish": "WIRI", "irish": "WIRI",
    "traveller of irish heritage": "WIRT", "irish traveller": "WIRT",
    "any other white background": "WOTH", "white other": "WOTH", "other white": "WOTH",
    "gypsy roma": "WROM", "gypsy": "WROM", "roma": "WROM", "white and black caribbean": "MWBC",
    "white and black african": "MWBA", "white and asian": "MWAS",
    "any other mixed background": "MOTH", "other mixed": "MOTH", "indian": "AIND",
    "asian indian": "AIND", "pakistani": "APKN", "asian pakistani": "APKN", "bangladeshi": "ABAN",
    "asian bangladeshi": "ABAN", "any other asian background": "AOTH", "other asian": "AOTH",
    "caribbean": "BCRB", "black caribbean": "BCRB", "african": "BAFR", "black african": "BAFR",
    "any other black background": "BOTH", "other black": "BOTH", "chinese": "CHNE",
    "any other ethnic group": "OOTH", "other ethnic group": "OOTH", "refused": "REFU",
    "information not yet obtained": "NOBT", "not yet obtained": "NOBT", "unknown": "NOBT",
}  # fmt: skip

_SOURCE = {
    "individual family member relative or carer": "1A", "individual acquaintance": "1B",
    "self": "1C", "individual self": "1C", "individual other": "1D", "schools": "2A",
    "school": "2A", "education services": "2B", "general practitioner": "3A", "gp": "3A",
    "health visitor": "3B", "school nurse": "3C", "other primary health services": "3D",
    "a e": "3E", "accident and emergency": "3E", "accident and emergency department": "3E",
    "housing": "4", "police": "6", "other legal agency": "7", "other": "8", "anonymous": "9",
    "unknown": "10",
}  # fmt: skip

_ABUSE = {
    "neglect": "NEG", "physical": "PHY", "sexual": "SAB", "emotional": "EMO", "multiple": "MUL",
}  # fmt: skip

_CLOSURE = {
    "adopted": "RC1", "died": "RC2", "child arrangements order": "RC3",
    "residence order": "RC3", "special guardianship order": "RC4",
    "transferred to services of another local authority": "RC5",
    "transferred to adult social care services": "RC6",
    "case closed after assessment no further action": "RC8",
    "case closed after assessment referred to early help": "RC9",
}  # fmt: skip

_NEED = {
    "abuse or neglect": "N1", "childs disability": "N2", "parental illness or disability": "N3",
    "parental disability or illness": "N3", "family in acute stress": "N4",
    "family dysfunction": "N5", "socially unacceptable behaviour": "N6", "low income": "N7",
    "absent parenting": "N8",
}  # fmt: skip

_STATUS = {
    "ico": "C1", "interim care order": "C1", "fco": "C2", "full care order": "C2",
    "freeing order": "D1", "placement order": "E1", "placement order granted": "E1",
    "single period under s20": "V2", "section 20": "V2", "s20": "V2",
}  # fmt: skip

_PROVIDER = {
    "parents parental responsibility": "PR0", "own provision": "PR1", "other la provision": "PR2",
    "other public provision": "PR3", "private provision": "PR4", "voluntary third sector": "PR5",
}  # fmt: skip

_HOME = {
    "with parents or relatives": "B", "parents relatives": "B", "supported lodgings": "E",
    "gone abroad": "G", "abroad": "G", "deported": "H", "residence not known": "R",
    "no fixed abode homeless": "S", "independent living": "U", "emergency accommodation": "V",
    "bed and breakfast": "W", "in custody": "X", "other accommodation": "Y",
    "with former foster carers": "Z", "with former foster carer": "Z",
}  # fmt: skip


def _abuse() -> dict[str, str]:
    """Each category, with or without the word abuse; two of them are MUL."""
    single = {f"{word}{more}": code for word, code in _ABUSE.items() for more in ("", " abuse")}
    single |= {"multiple not recommended": "MUL"}
    pairs = permutations([each for each, code in single.items() if code != "MUL"], 2)
    two = {
        f"{first}{joint}{second}": "MUL"
        for first, second in pairs
        if single[first] != single[second]
        for joint in (" ", " and ")
    }
    return single | two


_LISTS: Mapping[str, tuple[tuple[str, ...], Mapping[str, str]]] = {
    lists.SEX: (get_args(codes.Sex), _SEX),
    lists.ETHNICITY: (get_args(codes.Ethnicity), _ETHNICITY),
    lists.CONTACT_SOURCE: (get_args(codes.ReferralSource), _SOURCE),
    lists.REFERRAL_SOURCE: (get_args(codes.ReferralSource), _SOURCE),
    lists.REFERRAL_NFA: ((*"YNU",), _FLAG),
    lists.UNNECESSARY: ((*"YNU",), _FLAG),
    lists.CLOSURE_REASON: (get_args(codes.ClosureReason), _CLOSURE),
    lists.ABUSE: (get_args(codes.AbuseCategory), _abuse()),
    lists.SEEN_ALONE: ((*"YNU",), _FLAG),
    lists.NEED: (get_args(codes.NeedCategory), _NEED),
    lists.CARE_END_REASON: ((*get_args(codes.CareEndReason), "X1"), {}),
    lists.STATUS: (get_args(codes.LegalStatusCode), _STATUS),
    lists.PLACEMENT: (get_args(codes.PlacementType), {}),
    lists.PROVIDER: (get_args(codes.PlacementProvider), _PROVIDER),
    lists.PLACE: (("in", "out"), {"in county": "in", "inside": "in", "outside": "out"}),
    lists.ASYLUM: ((*"YNU",), _FLAG),
    lists.ELIGIBILITY: (
        ("relevant", "former", "qualifying", "eligible"),
        {
            "relevant child": "relevant", "former relevant child": "former",
            "former relevant": "former", "qualifying care leaver": "qualifying",
            "qualifying child": "qualifying", "eligible child": "eligible",
        },
    ),
    lists.IN_TOUCH: (
        get_args(codes.InTouch),
        {"y": "YES", "n": "NO", "refused": "REFU", "no longer required": "NREQ",
         "returned home": "RHOM", "1": "YES", "0": "NO"},
    ),
    lists.ACCOMMODATION: ((*get_args(codes.Accommodation), *"BCDEGHKRSTUVWXYZ"), _HOME),
    lists.SUITABLE: (
        ("1", "2"), {"suitable": "1", "yes": "1", "unsuitable": "2", "no": "2", "not suitable": "2"}
    ),
    lists.ACTIVITY: (get_args(codes.Activity), {}),
    lists.NO_LONGER_REASON: (get_args(codes.AdoptionCeasedReason), {}),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Meanings:
    """What the codes of each column mean, and how often one meant nothing."""

    codes: Mapping[str, Codes]
    unknown: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By list and column."""

    @classmethod
    def of(cls, settings: ExtractSettings) -> "Meanings":
        """With what the profile says of columns, by their names."""
        mapped = {
            lists.column_of(name) or name: codes_of for name, codes_of in settings.codes.items()
        }
        return cls(
            {
                column: Codes.of(national, words, mapped.get(column))
                for column, (national, words) in _LISTS.items()
            }
        )

    def code(self, row: Row, column: str) -> str | None:
        """The code that a row has in a column. One that is none is counted."""
        said = row.text(column)
        if said is None:
            value = row.of_child.get(column)
            said = value if isinstance(value, str) else None
        if said is None:
            return None
        found = self.codes[column].code(said)
        if found is None:
            self.unknown[row.name, column] += 1
        return found

    def flag(self, row: Row, column: str) -> bool | None:
        """A yes or no; None where it is not known."""
        return {"Y": True, "N": False}.get(self.code(row, column) or "")
