"""The files of an SSDA903 return: which columns each has, and how each is read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from casepulse.schemas.codes import (
    Accommodation,
    Activity,
    AdopterLegalStatus,
    AdopterSex,
    AdoptionCeasedReason,
    CareEndReason,
    Ethnicity,
    InTouch,
    LegalStatusCode,
    MissingCategory,
    NeedCategory,
    PlacementChangeReason,
    PlacementProvider,
    PlacementType,
    PreviousPermanence,
    ReviewParticipation,
    SdqReason,
    Sex,
)
from casepulse.schemas.extracts import ExtractSettings
from casepulse.streams.sources.keys import Keys
from casepulse.streams.sources.row import Value
from casepulse.streams.sources.ssda903.values import (
    Reader,
    code_of,
    day,
    day_in_part,
    id_of,
    number,
)

#: Placements of the returns up to 2015, which no code of today stands for: foster care by kind,
#: homes by place, and whereabouts.
PLACES_BEFORE_2016 = frozenset(
    {"A1", "A2", "F1", "F2", "F3", "F4", "F5", "F6", "H1", "H2", "H3", "H4", "M2", "M3", "Q1", "Q2"}
)

#: The episode ceased, and another began: nobody left care.
WENT_ON = "X1"

#: Why an episode began: S, care; P, T, a placement; L, a legal status; B, U, both.
_WhyNew = Literal["S", "P", "T", "L", "B", "U"]

#: Special guardianship orders, before they were told apart by who has them and from which care
#: (2018-19): the codes for other guardians, and for former foster carers.
_ORDERS_BEFORE_2019 = {"E43": "E45", "E44": "E48"}

#: Letters since 2024-25.
_SEX_BEFORE_2025 = {"1": "M", "2": "F", "0": "U", "9": "U"}

_FLAG = {"0": False, "1": True, "false": False, "true": True, "no": False, "yes": True}

#: Nothing is known of where a care leaver lives.
_NOWHERE = {"0": None}

#: Columns of several files: by them none is known.
_COMMON = frozenset({"CHILD", "DOB", "SEX"})


@dataclass(frozen=True, slots=True)
class Layout:
    """One file of the return."""

    read: Mapping[str, Reader]
    """The columns that are needed."""
    identity: tuple[str, ...]
    """The columns that say what a row is about: two rows that agree in them are about the same."""
    left_alone: frozenset[str]
    """The collection's other columns, never read: some are personal (postcodes, a school's or a
    home's number), some the header tells already (date of birth, sex)."""
    may_lack: frozenset[str] = frozenset()
    """Needed columns that earlier years do not have: blank then."""

    @property
    def own(self) -> frozenset[str]:
        """The needed columns that no other file has."""
        return frozenset(self.read) - _COMMON

    def share_of(self, columns: frozenset[str]) -> float:
        """How much of what is needed is among some columns; none if that is nothing of its own."""
        needed = self.read.keys() - {"CHILD"}
        return len(needed & columns) / len(needed) if self.own & columns else 0.0


Layouts = Mapping[str, Layout]


def kind_of(columns: Iterable[str], layouts: Layouts) -> str | None:
    """Which file has these columns, at least half of those that are needed of it; None: none has.

    Its name says nothing: authorities and their systems call the files what they like.
    """
    there = frozenset(columns)
    share, kind = max(
        ((layout.share_of(there), kind) for kind, layout in layouts.items()),
        key=lambda each: each[0],
    )
    return kind if share >= 0.5 else None


def layouts_of(settings: ExtractSettings) -> Layouts:
    """The files by the name of their kind, in the order in which they are read: outcomes and
    arrangements are dated from the episodes, so these come before them.

    Args:
        settings: what the profile says of keys and codes.
    """
    keys = Keys.of(settings)
    identify = id_of(keys)

    def layout(
        identity: str, left_alone: str, *, may_lack: str = "", **read: Reader | Coded
    ) -> Layout:
        readers = {
            column: each.reader(settings.codes.get(column)) if isinstance(each, Coded) else each
            for column, each in read.items()
        }
        return Layout(
            {"CHILD": identify, **readers},
            ("CHILD", *identity.split()),
            frozenset(left_alone.split()),
            frozenset(may_lack.split()),
        )

    flag = Coded(Literal[()], _FLAG)
    return {
        "header": layout(
            "", "UPN MOTHER MC_DOB",
            SEX=Coded(Sex, _SEX_BEFORE_2025), DOB=day, ETHNIC=Coded(Ethnicity),
        ),
        "episodes": layout(
            "DECOM", "HOME_POST PL_POST URN PLACEMENT_LA PL_LA PL_LOCATION PL_DISTANCE",
            may_lack="REASON_PLACE_CHANGE",
            DECOM=day, RNE=Coded(_WhyNew), LS=Coded(LegalStatusCode), CIN=Coded(NeedCategory),
            PLACE=Coded(PlacementType, {each: each for each in sorted(PLACES_BEFORE_2016)}),
            PLACE_PROVIDER=Coded(PlacementProvider), DEC=day,
            REC=Coded(CareEndReason, {WENT_ON: WENT_ON, **_ORDERS_BEFORE_2019}),
            REASON_PLACE_CHANGE=Coded(PlacementChangeReason),
        ),
        "reviews": layout("REVIEW", "DOB", REVIEW=day, REVIEW_CODE=Coded(ReviewParticipation)),
        "missing": layout(
            "MIS_START", "DOB", MIS_START=day, MIS_END=day, MISSING=Coded(MissingCategory)
        ),
        "oc2": layout(
            "", "DOB",
            SDQ_SCORE=number, SDQ_REASON=Coded(SdqReason), CONVICTED=flag, HEALTH_CHECK=flag,
            IMMUNISATIONS=flag, TEETH_CHECK=flag, HEALTH_ASSESSMENT=flag, SUBSTANCE_MISUSE=flag,
            INTERVENTION_RECEIVED=flag, INTERVENTION_OFFERED=flag,
        ),
        "oc3": layout(
            "", "DOB",
            IN_TOUCH=Coded(InTouch), ACTIV=Coded(Activity), ACCOM=Coded(Accommodation, _NOWHERE),
        ),
        "uasc": layout("", "SEX DOB", DUC=day),
        "ad1": layout(
            "DATE_INT", "DOB",
            DATE_INT=day, DATE_MATCH=day, FOSTER_CARE=flag, NB_ADOPTR=number,
            SEX_ADOPTR=Coded(AdopterSex), LS_ADOPTR=Coded(AdopterLegalStatus),
        ),
        "placed_for_adoption": layout(
            "DATE_PLACED", "DOB",
            DATE_PLACED=day, DATE_PLACED_CEASED=day,
            REASON_PLACED_CEASED=Coded(AdoptionCeasedReason),
        ),
        "previous_permanence": layout(
            "", "LA_PERM", DOB=day, PREV_PERM=Coded(PreviousPermanence), DATE_PERM=day_in_part
        ),
        "sw_episodes": layout(
            "SW_ID SW_DECOM", "DOB SW_REASON", SW_ID=identify, SW_DECOM=day, SW_DEC=day
        ),
        "dolo": layout("DOLO_START", "DOB DOLO_END", DOLO_START=str),
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Coded:
    """A column that holds codes."""

    codes: Any
    """The list of them, a Literal."""
    also: Mapping[str, Value] | None = None
    """Codes besides, and what each means."""

    def reader(self, mapped: Mapping[str, str] | None) -> Reader:
        """What reads it, with what the profile says of it."""
        return code_of(self.codes, mapped, self.also)
