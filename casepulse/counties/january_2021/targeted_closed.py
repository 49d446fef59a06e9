"""Targeted Support: the episodes that closed, in January as published and in the year before."""

from datetime import date, timedelta

from casepulse.counties.january_2021.county import JANUARY, MONTH_ENDS, deal
from casepulse.counties.january_2021.published import counted, share
from casepulse.counties.january_2021.targeted_episodes import (
    CENTRE,
    DISABLED,
    FAMILY_SUPPORT,
    REASONS,
    Episodes,
)
from casepulse.schemas.codes_early_help import EarlyHelpClosure

#: How many of the episodes that closed had followed on another: more than of those open now.
REPEATED = 0.6


class ClosedEpisodes(Episodes):
    """The episodes that closed, month by month."""

    def tell_all(self) -> None:
        for last in MONTH_ENDS:
            of_month = self._january() if last >= JANUARY else self._earlier()
            for reason in of_month:
                self._tell_episode(reason, self.day(last.replace(day=2), last))

    def _january(self) -> list[EarlyHelpClosure]:
        many = counted("ts_closed")
        met, gone = share(many, "ts_closed_needs_met"), share(many, "ts_closed_disengaged")
        counts: dict[str, int] = {
            EarlyHelpClosure.NEEDS_MET: met * 2 // 3,
            EarlyHelpClosure.NEEDS_PARTLY_MET: met - met * 2 // 3,
            EarlyHelpClosure.NOT_ENGAGED: gone // 2,
            EarlyHelpClosure.CONSENT_WITHDRAWN: gone - gone // 2,
            EarlyHelpClosure.STEPPED_UP: counted("step_up"),
            EarlyHelpClosure.MET_ELSEWHERE: 25,
        }
        counts[EarlyHelpClosure.OTHER] = many - sum(counts.values())
        return [EarlyHelpClosure(name) for name in deal(counts, self.chance)]

    def _earlier(self) -> list[EarlyHelpClosure]:
        return [self.pick(REASONS) for _ in range(self.chance.randint(215, 250))]

    def _tell_episode(self, reason: EarlyHelpClosure, last: date) -> None:
        first = last - timedelta(days=self.chance.randint(40, 370))
        first = min(first, self.day(date(2020, 11, 16), date(2020, 12, 31)))
        service = self.pick({FAMILY_SUPPORT: 48, CENTRE: 48, DISABLED: 4})
        before = first - timedelta(days=self.chance.randint(40, 200))
        again = self.chance.random() < REPEATED
        place = "DCYPS" if service is DISABLED else None
        child = self.child(before if again else first, place)
        if again:
            self.tell_earlier(child, first, before, child.team, since=before)
        key = self.begin(child, service, first, child.team)
        visit = self.visit_some_day(service, first)
        if visit is not None and visit < last:
            self.visit(child, key, visit)
        self.assess_some_day(child, key, first, last)
        self.end(child, key, reason, last)
