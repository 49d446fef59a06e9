"""Early Help: episodes of advice, guidance and support, and My Plans.

An episode of advice would make a later one of Targeted Support a repeat, so that the children of
the one are not those of the other; a plan goes with any of them.
"""

from datetime import date, timedelta

from casepulse.counties.january_2021 import targeted_support
from casepulse.counties.january_2021.area import Area
from casepulse.counties.january_2021.county import (
    FEBRUARY,
    JANUARY,
    MONTH_ENDS,
    Child,
    County,
    deal,
)
from casepulse.counties.january_2021.published import counted, percentage, share
from casepulse.counties.january_2021.targeted_episodes import REASONS
from casepulse.counties.january_2021.telling import LAST_DAY, Telling
from casepulse.schemas.codes_early_help import (
    AdviceHolder,
    EarlyHelpClosure,
    EarlyHelpPlanKind,
    LeadAgency,
    LevelOfNeed,
)
from casepulse.schemas.events.early_help import (
    AdviceEpisodeEnded,
    AdviceEpisodeStarted,
    EarlyHelpPlanEnded,
    EarlyHelpPlanStarted,
)

#: Who gives advice beside the Family Information Service and the co-ordinators.
OTHERS = {
    AdviceHolder.CHILDREN_AND_FAMILY_CENTRE: 6, AdviceHolder.FAMILY_SUPPORT_TEAM: 4,
    AdviceHolder.OTHER: 1,
}  # fmt: skip
COORDINATORS = {
    AdviceHolder.FAMILY_INFORMATION_SERVICE: 1, AdviceHolder.EARLY_HELP_COORDINATOR: 2,
}  # fmt: skip

#: Which agencies lead the plans that Education does not.
LEADS = {LeadAgency.HEALTH: 4, LeadAgency.EARLY_HELP: 8, LeadAgency.VOLUNTARY: 1, None: 1}

#: An open plan is as old as the first families of the present scheme.
OLDEST_PLAN = date(2015, 9, 7)


def plan(county: County) -> None:
    """Tell Targeted Support, advice and plans."""
    known = len(county.children)
    targeted_support.plan(county)
    area = Area.of(county, "early_help")
    _Advice(county, area.chance).tell_all()
    of_early_help = [child for child in county.children[known:] if not child.spells]
    _Plans(county, area.chance).tell_all(of_early_help)


class _Advice(Telling):
    """Episodes of advice: those that are open, and those that closed, month by month."""

    def tell_all(self) -> None:
        self._tell_open()
        for last in MONTH_ENDS:
            reasons = self._january() if last >= JANUARY else self._earlier()
            for reason in reasons:
                closed = self.day(last.replace(day=2), last)
                begun = closed - timedelta(days=self.chance.randint(5, 60))
                self._tell_episode(begun, 3, self._holder(), closed, reason)

    def _tell_open(self) -> None:
        many = counted("eh_advice_open")
        level_3 = counted("eh_advice_level3")
        # The report says "just over": the next whole episode above the percentage.
        share = percentage("eh_advice_fis_coordinators")
        coordinators = -(-share * many // 100)
        levels = deal({"3": level_3, "2": many - level_3}, self.chance)
        holders = deal({"ours": coordinators, "others": many - coordinators}, self.chance)
        for level, holder in zip(levels, holders, strict=True):
            begun = self.day(FEBRUARY - timedelta(days=55), FEBRUARY - timedelta(days=3))
            closed = begun + timedelta(days=self.chance.randint(20, 90))
            held_by = self.pick(COORDINATORS if holder == "ours" else OTHERS)
            self._tell_episode(
                begun,
                3 if level == "3" else 2,
                held_by,
                max(closed, FEBRUARY + timedelta(days=1)),
                self.pick(REASONS),
            )

    def _holder(self) -> AdviceHolder:
        return self.pick(COORDINATORS if self.chance.random() < 0.92 else OTHERS)

    def _january(self) -> list[EarlyHelpClosure]:
        many = counted("eh_advice_closed")
        elsewhere = share(many, "eh_advice_closed_met_elsewhere")
        gone = share(many, "eh_advice_closed_disengaged")
        counts: dict[str, int] = {
            EarlyHelpClosure.MET_ELSEWHERE: elsewhere,
            EarlyHelpClosure.NOT_ENGAGED: gone * 3 // 5,
            EarlyHelpClosure.CONSENT_WITHDRAWN: gone - gone * 3 // 5,
            EarlyHelpClosure.NEEDS_MET: many - elsewhere - gone,
        }
        return [EarlyHelpClosure(name) for name in deal(counts, self.chance)]

    def _earlier(self) -> list[EarlyHelpClosure]:
        return [self.pick(REASONS) for _ in range(self.chance.randint(150, 180))]

    def _tell_episode(
        self,
        begun: date,
        level: LevelOfNeed,
        held_by: AdviceHolder,
        closed: date,
        reason: EarlyHelpClosure,
    ) -> None:
        child = self.child(begun)
        key = self.county.key("ae")
        start = AdviceEpisodeStarted(episode=key, level=level, held_by=held_by, team=child.team)
        self.say(child.subject, start, self.working_hours(begun))
        end = AdviceEpisodeEnded(episode=key, reason=reason)
        self.say(child.subject, end, self.working_hours(closed))


class _Plans(Telling):
    """My Plans and My Plans Plus: those that are open, and those that closed."""

    def tell_all(self, children: list[Child]) -> None:
        self.chance.shuffle(children)
        self._waiting = children
        many, education = counted("eh_plans_open"), counted("eh_plans_education")
        kinds = deal(
            {
                EarlyHelpPlanKind.MY_PLAN: counted("eh_my_plan_open"),
                EarlyHelpPlanKind.MY_PLAN_PLUS: counted("eh_my_plan_plus_open"),
            },
            self.chance,
        )
        leads = deal({"education": education, "other": many - education}, self.chance)
        recent, long = counted("eh_plans_under_12m"), counted("eh_plans_over_12m")
        ages = deal({"recent": recent, "long": long}, self.chance)
        for kind, lead, age in zip(kinds, leads, ages, strict=True):
            agency = LeadAgency.EDUCATION if lead == "education" else self.pick(LEADS)
            closed = None
            if self.chance.random() < 0.03:
                closed = self.day(FEBRUARY + timedelta(days=1), LAST_DAY)
            self._tell_plan(EarlyHelpPlanKind(kind), agency, self._begun(age), closed)
        self._tell_closed()

    def _begun(self, age: str) -> date:
        if age == "recent":
            return self.day(date(2020, 2, 4), date(2021, 1, 29))
        # The older a plan, the fewer there are of it.
        last = date(2020, 1, 29)
        span = (last - OLDEST_PLAN).days
        back = int(span * self.chance.random() ** 2)
        return self.day(max(OLDEST_PLAN, last - timedelta(days=back + 6)), last - timedelta(back))

    def _tell_closed(self) -> None:
        for last in MONTH_ENDS:
            for _ in range(self.chance.randint(125, 160)):
                closed = self.day(last.replace(day=2), last)
                begun = closed - timedelta(days=self.chance.randint(60, 1200))
                lead = LeadAgency.EDUCATION if self.chance.random() < 0.6 else self.pick(LEADS)
                kind = self.pick({EarlyHelpPlanKind.MY_PLAN: 2, EarlyHelpPlanKind.MY_PLAN_PLUS: 1})
                self._tell_plan(kind, lead, begun, closed)

    def _tell_plan(
        self,
        kind: EarlyHelpPlanKind,
        lead: LeadAgency | None,
        begun: date,
        closed: date | None,
    ) -> None:
        child = self._child(begun)
        key = self.county.key("mp")
        start = EarlyHelpPlanStarted(plan=key, kind=kind, lead=lead, team=child.team)
        self.say(child.subject, start, self.working_hours(begun))
        if closed is not None:
            self.say(child.subject, EarlyHelpPlanEnded(plan=key), self.working_hours(closed))

    def _child(self, begun: date) -> Child:
        """A child that Early Help knows, born by then; a new one, when there are no more."""
        if self._waiting and self._waiting[-1].born < begun - timedelta(days=90):
            return self._waiting.pop()
        return self.child(begun)
