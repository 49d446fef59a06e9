"""How many contacts of each kind there are in a month: January's as published, others alike."""

from dataclasses import dataclass
from enum import Enum
from random import Random

from casepulse.counties.january_2021.published import figure

#: Contacts that Early Help got directly, and how many of them had a decision within 24 hours and an
#: episode within 72. The report has them only together with those that came through the MASH.
DIRECT, DIRECT_IN_24_HOURS, DIRECT_IN_72_HOURS = 88, 60, 70


class Course(Enum):
    """How a contact went: hours from its receipt to the initial decision, then those of its MASH
    enquiry, if there was one. The final outcome comes with the end of the last."""

    AT_ONCE = (0.3, 23), None
    NEXT_DAY = (24.5, 47), None
    LATE = (49, 90), None
    ENQUIRED_AT_ONCE = (0.5, 20), (4, 23)
    ENQUIRED_SOON = (0.5, 14), (24.5, 32)
    ENQUIRED_LONG = (0.5, 22), (50, 70)
    ENQUIRED_LATE = (24.5, 40), (24.5, 50)

    def __init__(self, decided: tuple[float, float], enquiry: tuple[float, float] | None) -> None:
        self.decided = decided
        self.enquiry = enquiry


#: Courses on which the initial decision comes within a day.
DECIDED_IN_TIME = (
    Course.AT_ONCE,
    Course.ENQUIRED_AT_ONCE,
    Course.ENQUIRED_SOON,
    Course.ENQUIRED_LONG,
)

#: What comes of a contact that goes to Early Help, and of every other.
TO_EARLY_HELP = ("early_help", "existing_episode")
ELSEWHERE = ("referred", "referral_closed", "not_referred", "advice", "no_further_action")


@dataclass(frozen=True, slots=True)
class MonthPlan:
    """The counts that a month of contacts is made of."""

    contacts: int
    notifications: int
    red: int
    red_in_time: int
    decided_in_time: int
    ended_in_time: int
    enquiries: int
    enquiries_in_time: int
    outcomes: dict[str, int]
    """All but those that stay unknown."""
    unknown: int
    early_help_in_24_hours: int
    early_help_in_72_hours: int
    neglect: dict[str, int]
    direct: int = DIRECT
    direct_in_24_hours: int = DIRECT_IN_24_HOURS
    direct_in_72_hours: int = DIRECT_IN_72_HOURS

    @property
    def courses(self) -> dict[str, int]:
        """How many contacts take each course, so that what was in time adds up."""
        decided_late = self.contacts - self.decided_in_time
        ended_late = self.contacts - self.ended_in_time
        enquired_late = round(0.66 * self.enquiries * decided_late / self.contacts)
        late = min(
            round(0.525 * (decided_late - enquired_late)),
            round(0.6 * (ended_late - enquired_late)),
        )
        long = ended_late - enquired_late - late
        soon = self.enquiries - self.enquiries_in_time - enquired_late - long
        return {
            "AT_ONCE": self.decided_in_time - self.enquiries_in_time - soon - long,
            "NEXT_DAY": decided_late - enquired_late - late,
            "LATE": late,
            "ENQUIRED_AT_ONCE": self.enquiries_in_time,
            "ENQUIRED_SOON": soon,
            "ENQUIRED_LONG": long,
            "ENQUIRED_LATE": enquired_late,
        }


def _published(name: str, period: str = "2021-01") -> int:
    said = figure(name, period=period)
    number = said.numerator
    if number is None:
        number = round(int(said.published.rstrip("%")) / 100 * (said.denominator or 0))
    return number


def january() -> MonthPlan:
    """January 2021, as published."""
    referrals, closed = _published("contacts_to_referral_outcome"), "referrals_closed_by_mash"
    advice, toolkits = _published("contacts_nfa_iag"), _published("neglect_toolkit_at_contact")
    professional = _published("contacts_neglect_professional")
    return MonthPlan(
        contacts=_published("contacts_received"),
        notifications=_published("missing_notifications"),
        red=_published("red_contacts"),
        red_in_time=_published("red_contact_decision"),
        decided_in_time=_published("initial_contact_decision"),
        ended_in_time=_published("end_to_end_contact_decision"),
        enquiries=_published("mash_enquiry"),
        enquiries_in_time=_published("mash_enquiry_24h"),
        outcomes={
            "referred": referrals - _published(closed),
            "referral_closed": _published(closed),
            "not_referred": _published("contacts_to_social_care") - referrals,
            "early_help": _published("contacts_to_early_help"),
            "existing_episode": _published("contacts_existing_early_help"),
            "advice": advice,
            "no_further_action": _published("contacts_nfa") - advice,
        },
        unknown=_published("contacts_unknown_outcome"),
        early_help_in_24_hours=_published("eh_decision_24h") - DIRECT_IN_24_HOURS,
        early_help_in_72_hours=_published("eh_episode_72h") - DIRECT_IN_72_HOURS,
        neglect={
            "individual": _published("contacts_neglect") - professional,
            "professional": professional - toolkits,
            "toolkit": toolkits,
        },
    )


#: Per cent of the months January to December 2020, after what the report says of their course: the
#: initial decision static for four months, far below what was usual; the final outcome declining
#: from 85% for as long; the decision on Red ones in December as timely as in January.
_DECIDED = (95, 94, 95, 93, 95, 96, 94, 93, 92, 64, 64, 64)
_ENDED = (88, 87, 89, 88, 86, 87, 85, 84, 85, 80, 76, 72)
_RED = (86, 85, 87, 84, 85, 83, 86, 84, 85, 82, 83, 81)
_ENQUIRIES_IN_TIME = (55, 54, 57, 52, 50, 51, 48, 45, 41, 30, 24, 20)

#: Contacts that progressed to Early Help in December 2020, all together (the report's text).
_TO_EARLY_HELP_IN_DECEMBER = 1000


def earlier(month: int, chance: Random) -> MonthPlan:
    """A month of 2020, or February 2021 (13): about as many contacts as in January 2021.

    Only the Red ones of December are published.
    """
    january_2021 = january()
    like = min(month, 12) - 1
    scale = chance.uniform(0.94, 1.06)
    contacts = round(scale * january_2021.contacts)
    enquiries = round(chance.uniform(0.3, 0.34) * contacts)
    outcomes = {name: round(scale * many) for name, many in january_2021.outcomes.items()}
    if month == 12:
        via_mash = _TO_EARLY_HELP_IN_DECEMBER - DIRECT
        outcomes["early_help"] = via_mash - outcomes["existing_episode"]
    outcomes["no_further_action"] += contacts - sum(outcomes.values())
    red = _published("red_contacts", "2020-12") + (month != 12) * chance.randint(-14, 14)
    return MonthPlan(
        contacts=contacts,
        notifications=round(scale * january_2021.notifications),
        red=red,
        red_in_time=round(_RED[like] / 100 * red),
        decided_in_time=round(_DECIDED[like] / 100 * contacts),
        ended_in_time=round(_ENDED[like] / 100 * contacts),
        enquiries=enquiries,
        enquiries_in_time=round(_ENQUIRIES_IN_TIME[like] / 100 * enquiries),
        outcomes=outcomes,
        unknown=0,
        early_help_in_24_hours=round(scale * january_2021.early_help_in_24_hours),
        early_help_in_72_hours=round(scale * january_2021.early_help_in_72_hours),
        neglect={name: round(scale * many) for name, many in january_2021.neglect.items()},
    )
