"""Contacts at the front door, thirteen months of them, and requests made to Early Help directly.

Seven courses that a contact may take, by whether there was a MASH enquiry and when it was decided
(`contact_plan`); what it was about and what came of it is dealt out among them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from casepulse.counties.january_2021.area import Area
from casepulse.counties.january_2021.contact_plan import (
    DECIDED_IN_TIME,
    ELSEWHERE,
    TO_EARLY_HELP,
    Course,
    MonthPlan,
    earlier,
    january,
)
from casepulse.counties.january_2021.county import FEBRUARY, LAST, MONTH_ENDS, County, at, deal
from casepulse.counties.january_2021.telling import LAST_DAY, Telling
from casepulse.schemas.codes import ContactOutcome, ContactRating, ReferralSource
from casepulse.schemas.codes_early_help import PresentingReason
from casepulse.schemas.events.contact import (
    ContactConcluded,
    ContactDecided,
    ContactReceived,
    ContactReferralClosed,
    ContactReferralDecided,
    ContactToolkitCompleted,
    MashEnquiryCompleted,
    MashEnquiryStarted,
)
from casepulse.schemas.events.early_help import (
    EarlyHelpDecided,
    EarlyHelpEpisodeLinked,
    EarlyHelpRequested,
)

TEAM = "mash"

#: What comes in on the last days of a month is settled at once: none is open when it ends.
LAST_DAYS = 4

PROFESSIONAL: dict[ReferralSource, float] = {
    "6": 34, "2A": 20, "2B": 2, "3A": 3, "3B": 6, "3C": 2, "3E": 7, "3F": 4, "4": 3, "5A": 4,
    "5B": 2, "7": 2, "8": 5,
}  # fmt: skip
INDIVIDUAL: dict[ReferralSource, float] = {"1A": 40, "1B": 15, "1C": 8, "1D": 5, "9": 30}
REASONS: dict[PresentingReason, float] = {
    "domestic_abuse": 30, "behaviour": 14, "child_mental_health": 12, "parental_mental_health": 9,
    "parental_substance_misuse": 9, "physical_abuse": 8, "emotional_abuse": 6, "exploitation": 5,
    "sexual_abuse": 4, "disability": 3, "family_breakdown": 5, "other": 10,
}  # fmt: skip

_CONCLUDED = {
    "early_help": ContactOutcome.EARLY_HELP,
    "existing_episode": ContactOutcome.EXISTING_EPISODE,
    "advice": ContactOutcome.INFORMATION_ADVICE_GUIDANCE,
    "no_further_action": ContactOutcome.NO_FURTHER_ACTION,
}


def plan(county: County) -> None:
    """Tell thirteen months of contacts, and those from February to the report."""
    area = Area.of(county, "contacts")
    for number, last in enumerate(MONTH_ENDS[:-1]):
        _Month(
            county, area.chance, last.replace(day=1), last, earlier(number + 1, area.chance)
        ).tell_all()
    _Month(county, area.chance, LAST.replace(day=1), LAST, january()).tell_all()
    _Month(county, area.chance, FEBRUARY, LAST_DAY, earlier(13, area.chance)).tell_all()


@dataclass(slots=True, eq=False)
class _Contact:
    """A contact as it is planned. Hours count from the instant at which it was received."""

    received: datetime
    hurried: bool
    course: Course
    decided: float
    enquiry: float | None
    outcome: str | None = None
    linked: float | None = None
    rating: ContactRating | None = None
    neglect: str | None = None

    @property
    def concluded(self) -> float:
        """When the final outcome is known."""
        return self.decided + (self.enquiry or 0)

    def after(self, hours: float) -> datetime:
        return self.received + timedelta(hours=hours)


class _Month(Telling):
    """The contacts of some days, usually a month."""

    def __init__(
        self, county: County, chance: Random, first: date, last: date, numbers: MonthPlan
    ) -> None:
        super().__init__(county, chance)
        self.days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        self.weights = [1 if day.weekday() < 5 else 0.12 for day in self.days]
        self.numbers = numbers

    def tell_all(self) -> None:
        contacts = self._contacts()
        self._deal_outcomes(contacts)
        self._deal_links(contacts)
        self._deal_ratings(contacts)
        self._deal_neglect(contacts)
        for contact in contacts:
            self._tell_contact(contact)
        for received in self._instants(self.numbers.notifications):
            notice = ContactReceived(source="6", missing_notification=True, team=TEAM)
            self.say(self._subject(), notice, received)
        self._tell_requests()

    # --- who is what --------------------------------------------------------------------------

    def _instants(self, count: int, leaving: int = 0) -> list[datetime]:
        """So many instants, oldest first; none on the last days that are to be left out."""
        upto = len(self.days) - leaving
        days = self.chance.choices(self.days[:upto], weights=self.weights[:upto], k=count)
        return sorted(at(day, self.chance.uniform(8, 20)) for day in days)

    def _contacts(self) -> list[_Contact]:
        received = self._instants(self.numbers.contacts)
        last_days = at(self.days[-LAST_DAYS], 0)
        hurried = sum(time >= last_days for time in received)
        counts = self.numbers.courses
        counts[Course.AT_ONCE.name] -= hurried
        courses = deal(counts, self.chance) + [Course.AT_ONCE.name] * hurried
        return [
            self._contact(time, Course[course], hurried=time >= last_days)
            for time, course in zip(received, courses, strict=True)
        ]

    def _contact(self, received: datetime, course: Course, *, hurried: bool) -> _Contact:
        decided = self.chance.uniform(*((0.2, 2.5) if hurried else course.decided))
        enquiry = self.chance.uniform(*course.enquiry) if course.enquiry else None
        return _Contact(received, hurried, course, decided, enquiry)

    def _deal_outcomes(self, contacts: list[_Contact]) -> None:
        """Those decided for Early Help within a day come from those that were decided at once."""
        numbers, chance = self.numbers, self.chance
        late = [each for each in contacts if each.course is Course.LATE]
        unknown = chance.sample(late, numbers.unknown)
        at_once = [each for each in contacts if each.course is Course.AT_ONCE]
        soon = chance.sample(at_once, numbers.early_help_in_24_hours)
        passed_over = {*unknown, *at_once}
        later = [
            each
            for each in contacts
            if each not in passed_over and each.course is not Course.ENQUIRED_AT_ONCE
        ]
        names = deal({name: numbers.outcomes[name] for name in TO_EARLY_HELP}, chance)
        to_early_help = soon + chance.sample(later, len(names) - len(soon))
        dealt = {*unknown, *to_early_help}
        others = [each for each in contacts if each not in dealt]
        # What the MASH enquired about is the likelier to become a referral.
        others.sort(key=lambda each: (each.enquiry is None) + chance.random())
        names += [name for name in ELSEWHERE for _ in range(numbers.outcomes[name])]
        for contact, name in zip(to_early_help + others, names, strict=True):
            contact.outcome = name

    def _deal_links(self, contacts: list[_Contact]) -> None:
        """Which of those that went to Early Help got an episode within 72 hours of the contact."""
        chance = self.chance
        going = [each for each in contacts if each.outcome in TO_EARLY_HELP]
        must = [each for each in going if each.hurried]
        may = [each for each in going if not each.hurried and each.concluded < 60]
        wanted = self.numbers.early_help_in_72_hours - len(must)
        in_time = {*must, *chance.sample(may, min(wanted, len(may)))}
        for each in going:
            if each.hurried:
                each.linked = each.concluded + chance.uniform(0.2, 1)
            elif each in in_time:
                each.linked = chance.uniform(each.concluded + 0.2, 71)
            elif chance.random() < 0.8:
                each.linked = max(73, each.concluded) + chance.uniform(0.5, 120)

    def _deal_ratings(self, contacts: list[_Contact]) -> None:
        """Red are some of those that went to Social Care; in time is within hours."""
        chance, numbers = self.chance, self.numbers
        for each in contacts:
            each.rating = chance.choice([ContactRating.AMBER, ContactRating.GREEN, None])
        candidates = [
            each
            for each in contacts
            if each.course in DECIDED_IN_TIME
            and each.outcome in ("referred", "not_referred")
            and not each.hurried
        ]
        for number, each in enumerate(chance.sample(candidates, numbers.red)):
            each.rating = ContactRating.RED
            if number < numbers.red_in_time:
                each.decided = chance.uniform(0.2, 2.5)
            else:
                each.decided = chance.uniform(4.2, 14)

    def _deal_neglect(self, contacts: list[_Contact]) -> None:
        kinds = deal(self.numbers.neglect, self.chance)
        for each, kind in zip(self.chance.sample(contacts, len(kinds)), kinds, strict=True):
            each.neglect = kind

    # --- what is told -------------------------------------------------------------------------

    def _subject(self) -> str:
        return f"contact:{self.county.key('c')}"

    def _tell_contact(self, contact: _Contact) -> None:
        subject = self._subject()
        self.say(subject, self._received(contact), contact.received)
        if contact.neglect == "toolkit":
            self.say(subject, ContactToolkitCompleted(), contact.after(0.1))
        final = self._final(contact)
        decided = final if contact.enquiry is None else ContactOutcome.MASH_ENQUIRY
        self.say(
            subject, ContactDecided(outcome=decided, team=TEAM), contact.after(contact.decided)
        )
        if contact.enquiry is not None:
            self.say(subject, MashEnquiryStarted(), contact.after(contact.decided))
            self.say(subject, MashEnquiryCompleted(), contact.after(contact.concluded))
        if contact.outcome is None:
            return
        ended = contact.after(contact.concluded)
        self.say(subject, ContactConcluded(outcome=final, team=TEAM), ended)
        if final is ContactOutcome.SOCIAL_CARE:
            self._tell_referral(subject, contact, ended)
        if contact.linked is not None:
            existing = contact.outcome == "existing_episode"
            link = EarlyHelpEpisodeLinked(existing=existing)
            self.say(subject, link, contact.after(contact.linked))

    def _final(self, contact: _Contact) -> ContactOutcome:
        return _CONCLUDED.get(contact.outcome or "no_further_action", ContactOutcome.SOCIAL_CARE)

    def _received(self, contact: _Contact) -> ContactReceived:
        individual = contact.neglect == "individual"
        if contact.neglect is None:
            individual = self.chance.random() < 0.2
        reasons = [self.pick(REASONS)]
        if contact.neglect:
            reasons = ["neglect", *reasons[: self.chance.randrange(2)]]
        return ContactReceived(
            source=self.pick(INDIVIDUAL if individual else PROFESSIONAL),
            rating=contact.rating,
            reasons=tuple(reasons),
            team=TEAM,
        )

    def _tell_referral(self, subject: str, contact: _Contact, ended: datetime) -> None:
        proceeds = contact.outcome != "not_referred"
        decided = self._before_the_end(ended, 1)
        self.say(subject, ContactReferralDecided(proceeds=proceeds), decided)
        if contact.outcome == "referral_closed":
            self.say(subject, ContactReferralClosed(), self._before_the_end(decided, 30))

    def _before_the_end(self, start: datetime, hours: float) -> datetime:
        """Up to so many hours on, before the last of the days is over."""
        over = at(self.days[-1] + timedelta(days=1), 0)
        left = (over - start) / timedelta(hours=1)
        return start + timedelta(hours=min(self.chance.uniform(0.1, hours), 0.9 * left))

    def _tell_requests(self) -> None:
        """Requests made to Early Help directly."""
        numbers, chance = self.numbers, self.chance
        in_24_hours = self._some(numbers.direct_in_24_hours, numbers.direct)
        in_72_hours = self._some(numbers.direct_in_72_hours, numbers.direct)
        received = self._instants(numbers.direct, leaving=LAST_DAYS)
        for time, soon, linked_soon in zip(received, in_24_hours, in_72_hours, strict=True):
            subject = self._subject()
            source = self.pick(PROFESSIONAL)
            self.say(subject, EarlyHelpRequested(source=source, team=TEAM), time)
            decided = chance.uniform(0.3, 23) if soon else chance.uniform(24.5, 60)
            linked = chance.uniform(decided, 71) if linked_soon else chance.uniform(73, 200)
            self.say(subject, EarlyHelpDecided(), time + timedelta(hours=decided))
            link = EarlyHelpEpisodeLinked(existing=chance.random() < 0.2)
            self.say(subject, link, time + timedelta(hours=linked))

    def _some(self, so_many: int, of: int) -> Iterable[bool]:
        return [name == "so" for name in deal({"so": so_many, "not": of - so_many}, self.chance)]
