"""The front door: contacts, how they are rated and decided, and the few that become referrals."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

from casepulse.counties.scenario.case import Case
from casepulse.counties.scenario.diary import at_hour, is_working_day, working_day
from casepulse.counties.scenario.setting import Setting
from casepulse.schemas.codes import ContactOutcome, ContactRating, ReferralSource
from casepulse.schemas.events.contact import ContactConcluded, ContactDecided, ContactReceived
from casepulse.state.calendar import LONDON, add_working_days, local_date

#: Contacts that lead to no referral, for each that does.
OTHERS = 4

#: Where the front door works.
TEAM = "mash"

#: Contacts that wait for days, beyond those that come at the weekend.
SLOW = 0.14

#: Decisions that call for an enquiry with other services first.
ENQUIRY = 0.3

#: Contacts entered a second time under a key of their own, and withdrawn.
ENTERED_TWICE = 0.006

#: Police notices of a missing child whom the scenario does not tell of.
NOTICES_OF_OTHERS = 0.01

POLICE: ReferralSource = "6"

_SOURCE: dict[ReferralSource, float] = {
    "6": 32, "2A": 20, "2B": 2, "1A": 5, "1B": 4, "1C": 3, "3A": 3, "3B": 5, "3C": 2, "3E": 6,
    "3F": 4, "4": 3, "5A": 4, "5B": 2, "7": 2, "8": 4, "9": 5,
}  # fmt: skip
_RATING: dict[ContactRating | None, float] = {
    ContactRating.RED: 3, ContactRating.AMBER: 30, ContactRating.GREEN: 50, None: 17,
}  # fmt: skip
_RATING_OF_REFERRED: dict[ContactRating | None, float] = {
    ContactRating.RED: 14, ContactRating.AMBER: 55, ContactRating.GREEN: 18, None: 13,
}  # fmt: skip
_OUTCOME: dict[ContactOutcome, float] = {
    ContactOutcome.EARLY_HELP: 28,
    ContactOutcome.EXISTING_EPISODE: 9,
    ContactOutcome.INFORMATION_ADVICE_GUIDANCE: 36,
    ContactOutcome.NO_FURTHER_ACTION: 27,
}


class Contact(Case):
    """One contact.

    Args:
        setting: when it is received.
        key: its key.
        refer: run when it ends as a referral; None where it ends otherwise.
        missing: it is a police notice of a missing child, which nobody rates.
    """

    def __init__(
        self,
        setting: Setting,
        key: str,
        refer: Callable[[], None] | None = None,
        missing: bool = False,
    ) -> None:
        super().__init__(setting, "contact", key)
        self.refer = refer
        self.missing = missing
        self.source: ReferralSource = POLICE if missing else self.pick(_SOURCE)
        self.rating = None if missing else self.pick(_RATING_OF_REFERRED if refer else _RATING)
        self.outcome = ContactOutcome.SOCIAL_CARE

    def receive(self) -> None:
        """The contact reaches the front door."""
        self.tell(self._received())
        self.agenda.plan(self._decision_time(), self.decide)

    def enter_twice(self) -> None:
        """The contact is entered once more under this key, which is noticed and withdrawn."""
        self.void(self.tell(self._received()))

    def _received(self) -> ContactReceived:
        return ContactReceived(
            source=self.source, rating=self.rating, missing_notification=self.missing, team=TEAM
        )

    def _decision_time(self) -> datetime:
        if self.rating is ContactRating.RED:  # at any hour: there is a duty team at night
            return self.now + timedelta(minutes=round(self.random.lognormvariate(4.3, 0.8)))
        if self.chance(SLOW):
            return self.in_days(2, 5)
        soon = self.now + timedelta(minutes=round(self.random.lognormvariate(5.2, 0.8)))
        local = soon.astimezone(LONDON)
        if is_working_day(local.date()) and 8 <= local.hour < 19:
            return soon
        # it waits in the tray for the morning of the next working day
        day = local.date() if local.hour < 8 else add_working_days(local.date(), 1)
        return at_hour(working_day(day), self.random.uniform(8, 12))

    def decide(self) -> None:
        """The initial decision."""
        if not self.refer:
            self.outcome = self.pick(_OUTCOME)
        if self.chance(ENQUIRY):
            self.tell(ContactDecided(outcome=ContactOutcome.MASH_ENQUIRY, team=TEAM))
            self.agenda.plan(self.in_days(0, 3), self.conclude)
        else:
            self.tell(ContactDecided(outcome=self.outcome, team=TEAM))
            self.agenda.plan(self.now + self.minutes(1, 60), self.conclude)

    def conclude(self) -> None:
        """The final outcome."""
        self.tell(ContactConcluded(outcome=self.outcome, team=TEAM))
        if self.refer:
            self.refer()


class FrontDoor:
    """Where contacts are numbered as they come."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.random = setting.chances("front-door")
        self._numbers = count(1)

    def hear_of_child(self, refer: Callable[[ReferralSource], None]) -> None:
        """Somebody is worried about a child who will be referred; and about others who will not."""
        contact = self._contact(lambda: refer(contact.source))
        contact.receive()
        for _ in range(OTHERS):
            other = self._contact(missing=self.random.random() < NOTICES_OF_OTHERS)
            self.setting.agenda.plan(self._some_time(), other.receive)
        if self.random.random() < ENTERED_TWICE * (OTHERS + 1):
            self.setting.agenda.plan(self._some_time(), self._contact().enter_twice)

    def told_of_missing_child(self) -> None:
        """The police tell of a child gone missing. The notice is no contact."""
        self._contact(missing=True).receive()

    def _contact(self, refer: Callable[[], None] | None = None, missing: bool = False) -> Contact:
        return Contact(self.setting, f"k{next(self._numbers):06d}", refer, missing)

    def _some_time(self) -> datetime:
        """An instant of the next week: most people call on working days and by day."""
        day = local_date(self.setting.agenda.now) + timedelta(days=self.random.randint(1, 7))
        if not is_working_day(day) and self.random.random() < 0.75:
            day = working_day(day)
        return at_hour(day, self.random.triangular(7, 22, 13))
