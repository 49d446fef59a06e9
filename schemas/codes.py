"""Code sets of the field, as the statutory collections write them.

Sources: CIN census 2020-21 (referral source, closure reason, category of
abuse), SSDA903 2020-21 (legal status, placement, provider, reasons, review
participation), DfE missing-children guidance (missing, away). A code that is
not in its set is refused; nothing is mapped silently.
"""

from enum import StrEnum
from typing import Literal


class ContactRating(StrEnum):
    """How urgent the front door judged a contact to be."""

    RED = "red"
    AMBER = "amber"
    GREEN = "green"


class Pathway(StrEnum):
    """The section of the Children Act 1989 that a referral is worked under."""

    SECTION_17 = "S17"
    SECTION_47 = "S47"


class VisitKind(StrEnum):
    """Why a child was visited (SSD visit tables; Annex A lists 6, 7 and 8)."""

    INITIAL = "initial"
    CHILD_IN_NEED = "child_in_need"
    PROTECTION_PLAN = "protection_plan"
    STATUTORY = "statutory"
    CARE_LEAVER = "care_leaver"
    OTHER = "other"


class VisitMethod(StrEnum):
    """How a visit took place; a call by video is virtual."""

    FACE_TO_FACE = "face_to_face"
    VIRTUAL = "virtual"


class ConferenceKind(StrEnum):
    """Child protection conferences."""

    INITIAL = "initial"
    REVIEW = "review"


class InterviewOutcome(StrEnum):
    """What came of the offer of a return interview."""

    HELD = "held"
    REFUSED = "refused"
    NOT_HELD = "not_held"


class ContactOutcome(StrEnum):
    """What the front door decided to do with a contact."""

    SOCIAL_CARE = "social_care"
    MASH_ENQUIRY = "mash_enquiry"
    EARLY_HELP = "early_help"
    EXISTING_EPISODE = "existing_episode"
    INFORMATION_ADVICE_GUIDANCE = "information_advice_guidance"
    NO_FURTHER_ACTION = "no_further_action"


class AssessmentOutcome(StrEnum):
    """What a single assessment led to."""

    CHILD_IN_NEED = "child_in_need"
    STRATEGY_DISCUSSION = "strategy_discussion"
    CHILD_IN_CARE = "child_in_care"
    EARLY_HELP = "early_help"
    OTHER_AGENCY = "other_agency"
    NO_FURTHER_ACTION = "no_further_action"


class StepDown(StrEnum):
    """Where in early help a child was stepped down to when the child in need plan ended.

    The first two are Targeted Support.
    """

    FAMILY_SUPPORT_TEAM = "family_support_team"
    CHILDREN_AND_FAMILY_CENTRE = "children_and_family_centre"
    SCHOOL = "school"
    OTHER_EARLY_HELP = "other_early_help"


class EnquiryOutcome(StrEnum):
    """What a section 47 enquiry led to."""

    CONFERENCE = "conference"
    SINGLE_ASSESSMENT = "single_assessment"
    CHILD_IN_NEED = "child_in_need"
    NO_FURTHER_ACTION = "no_further_action"


class SafeguardingPartner(StrEnum):
    """Who is invited to a strategy discussion; the first three must be (Working Together 2018)."""

    SOCIAL_CARE = "social_care"
    HEALTH = "health"
    POLICE = "police"
    EDUCATION = "education"
    OTHER = "other"


class HealthAssessmentKind(StrEnum):
    """Health assessments of children in care: the initial one, and those that follow."""

    INITIAL = "initial"
    REVIEW = "review"


class ExploitationRisk(StrEnum):
    """How a screening tool rates the risk that a child is exploited."""

    NONE = "none"
    MILD = "mild"
    MODERATE = "moderate"
    SIGNIFICANT = "significant"


class FosteringApproval(StrEnum):
    """What a household is approved to do (Fostering Services Regulations 2011)."""

    GENERAL = "general_full_time"
    CONNECTED_PERSON = "connected_person"
    SHORT_BREAKS = "short_breaks"


#: Sex as SSD writes it, and SSDA903 since 2024-25 (1 and 2 before).
Sex = Literal["M", "F", "U"]

#: CIN census N00099, as the SSD has it: mobility, hand function, personal care, incontinence,
#: communication, learning, hearing, vision, behaviour, consciousness, autism, other (DDA).
Disability = Literal[
    "NONE", "MOB", "HAND", "PC", "INC", "COMM", "LD", "HEAR", "VIS", "BEH", "CON", "AUT", "DDA",
]  # fmt: skip

#: DfE ethnicity main codes of the SSDA903 header.
Ethnicity = Literal[
    "WBRI", "WIRI", "WIRT", "WOTH", "WROM", "MWBC", "MWBA", "MWAS", "MOTH", "AIND",
    "APKN", "ABAN", "AOTH", "BCRB", "BAFR", "BOTH", "CHNE", "OOTH", "REFU", "NOBT",
]  # fmt: skip

#: Who made a contact or referral: CIN census referral source.
ReferralSource = Literal[
    "1A", "1B", "1C", "1D", "2A", "2B", "3A", "3B", "3C", "3D", "3E", "3F", "4",
    "5A", "5B", "5C", "5D", "6", "7", "8", "9", "10",
]  # fmt: skip

#: Why a referral closed: CIN census reason for closure.
ClosureReason = Literal["RC1", "RC2", "RC3", "RC4", "RC5", "RC6", "RC7", "RC8", "RC9"]

#: Category of abuse of a protection plan: CIN census.
AbuseCategory = Literal["NEG", "PHY", "SAB", "EMO", "MUL"]

#: Category of need on entering care: SSDA903 CIN.
NeedCategory = Literal["N1", "N2", "N3", "N4", "N5", "N6", "N7", "N8"]

#: Legal status of a child in care: SSDA903 LS. V2 is section 20; V3 and V4 are short breaks.
LegalStatusCode = Literal[
    "C1", "C2", "D1", "E1", "V2", "V3", "V4", "J1", "J2", "J3", "L1", "L2", "L3",
]  # fmt: skip

#: Type of placement: SSDA903 PLACE. K3 came with 2024-25, Z11 to Z14 for Z1 with 2025-26; H5 and P2
#: went with 2024-25.
PlacementType = Literal[
    "A3", "A4", "A5", "A6", "H5", "K1", "K2", "K3", "P1", "P2", "P3", "R1", "R2", "R3", "R5",
    "S1", "T0", "T1", "T2", "T3", "T4", "U1", "U2", "U3", "U4", "U5", "U6", "Z1", "Z11", "Z12",
    "Z13", "Z14",
]  # fmt: skip

#: Who provides a placement: SSDA903 PLACE_PROVIDER.
PlacementProvider = Literal["PR0", "PR1", "PR2", "PR3", "PR4", "PR5"]

#: Why a placement changed: SSDA903 REASON_PLACE_CHANGE.
PlacementChangeReason = Literal[
    "CARPL", "CLOSE", "ALLEG", "STAND", "APPRR", "CREQB", "CREQO", "CHILD", "LAREQ",
    "PLACE", "CUSTOD", "OTHER",
]  # fmt: skip

#: Why a period of care ended: SSDA903 REC (X1, the episode ceases and another starts, is no end).
CareEndReason = Literal[
    "E2", "E3", "E4A", "E4B", "E5", "E6", "E7", "E8", "E9", "E11", "E12", "E13", "E14",
    "E15", "E16", "E17", "E41", "E45", "E46", "E47", "E48",
]  # fmt: skip

#: How the child took part in a review: SSDA903 REVIEW_CODE.
ReviewParticipation = Literal["PN0", "PN1", "PN2", "PN3", "PN4", "PN5", "PN6", "PN7"]

#: Missing or away without authorisation: SSDA903 MISSING.
MissingCategory = Literal["M", "A"]

#: Contact with a care leaver: SSDA903 IN_TOUCH.
InTouch = Literal["YES", "NO", "DIED", "REFU", "NREQ", "RHOM"]

#: What a care leaver does: SSDA903 ACTIV.
Activity = Literal["F1", "F2", "F3", "F4", "F5", "F6", "P1", "P2", "P3", "P4", "P5", "P6",
                   "G4", "G5", "G6", "0"]  # fmt: skip

#: Where a care leaver lives: SSDA903 ACCOM, with 1 (suitable) or 2 (unsuitable) where given.
Accommodation = Literal[
    "B1", "B2", "C1", "C2", "D1", "D2", "E1", "E2", "G1", "G2", "H1", "H2", "K1", "K2",
    "R1", "R2", "S1", "S2", "T1", "T2", "U1", "U2", "V1", "V2", "W1", "W2", "X1", "X2",
    "Y1", "Y2", "Z1", "Z2", "01", "02",
]  # fmt: skip

#: Why there is no strengths and difficulties score: SSDA903 SDQ_REASON.
SdqReason = Literal["SDQ1", "SDQ2", "SDQ3", "SDQ4", "SDQ5"]

#: Sex of the adopters together: SSDA903 SEX_ADOPTR.
AdopterSex = Literal["M1", "F1", "MM", "FF", "MF"]

#: Legal status of the adopters: SSDA903 LS_ADOPTR.
AdopterLegalStatus = Literal["L0", "L11", "L12", "L2", "L3", "L4"]

#: Why a child is no longer placed for adoption: SSDA903 REASON_PLACED_CEASED.
AdoptionCeasedReason = Literal["RD1", "RD2", "RD3", "RD4"]

#: The permanent arrangement a child had before: SSDA903 PREV_PERM.
PreviousPermanence = Literal["P1", "P2", "P3", "P4", "Z1"]


class ProceedingsStage(StrEnum):
    """How far proceedings about a child have come: before they are issued, or in court."""

    PRE_PROCEEDINGS = "pre_proceedings"
    COURT = "court"
