"""The plans of children in need: who has one when January ends, how it was reviewed, how it ended.

Of a child who is in need then, the plan is told backwards from what is published: how many began in
January and whether in time, how many are not reviewed in time, in December and in January. Plans
of children whose referral closed before run their usual course.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from casepulse.counties.january_2021.area import Area
from casepulse.counties.january_2021.child_in_need_reviews import (
    Case,
    Reviews,
    printable,
    sample,
)
from casepulse.counties.january_2021.counts import rounded
from casepulse.counties.january_2021.county import (
    FEBRUARY,
    JANUARY,
    LAST,
    County,
    Stay,
    deal,
)
from casepulse.counties.january_2021.days import some_day, working_days
from casepulse.counties.january_2021.published import counted, figure, whole
from casepulse.schemas.codes import AssessmentOutcome, StepDown
from casepulse.schemas.events.children_in_need import (
    ChildInNeedPlanEnded,
    ChildInNeedPlanReviewed,
    ChildInNeedPlanStarted,
)
from casepulse.schemas.events.referral import AssessmentAuthorised
from casepulse.state.calendar import add_months, add_working_days, local_date

#: Working days within which a plan is put in place.
IN_PLACE_WITHIN = 10

#: An assessment that was authorised by this day has had its plan late by the end of January.
_OWED_BY = date(2021, 1, 17)

#: The last day on which a plan of before January begins; the first working day in January.
_LAST_START, _FIRST_START = date(2020, 12, 30), date(2021, 1, 4)

#: From this day on a referral comes too late for a plan in December.
_LATELY = date(2020, 12, 16)

#: The first day of which the facts are told that end the thirteen months of a series.
_TOLD_FROM = date(2019, 12, 1)

#: Of the plans that begin in January, how many follow a single assessment and are in time, at most.
_AFTER_ASSESSMENT = 110

#: Days after the referral up to which the plan waits for an assessment.
_SOON = 42

#: Who was referred before this day is on a plan for more than two years; days that a referral lasts
#: at least that has a plan; percent of the plans of before January that were late.
_LONG_AGO, _LASTED, _LATE_PLANS = date(2018, 12, 1), 80, 6

#: Since when it is recorded that a child is stepped down.
_STEPPED_DOWN_FROM = date(2020, 10, 1)

#: Plans for short breaks alone: of children in need for longer than a year, and of others.
_SHORT_BREAKS = (4, 8)


def plan_plans(county: County) -> None:
    """Tell every plan of a child in need."""
    _Plans(county, county.chances("child_in_need_plans")).plan()


class _Plans(Area):
    def __init__(self, county: County, chance: Random) -> None:
        super().__init__(county, chance)
        self.reviews = Reviews(chance, county.localities)

    def plan(self) -> None:
        cases = list(self._cases())
        now = [case for case in cases if case.spell.lasts_at_the_end_of(LAST)]
        ended = [case for case in cases if not case.spell.lasts_at_the_end_of(LAST)]
        self._who_has_a_plan(now)
        planned = [case for case in now if case.began]
        self._for_short_breaks(planned)
        of_january = self._ended_plans(ended)
        self.reviews.up_to_january(planned, of_january)
        for case in cases:
            if case.began:
                self._tell(case)
        self._tell_ends(of_january, [case for case in cases if case.began and case.spell.last])
        self._february(now)

    def _cases(self) -> Iterator[Case]:
        place = {team: name for name, teams in self.county.teams.items() for team in teams}
        for child in self.county.children:
            kinds = {spell.kind for spell in child.spells}
            if kinds != {Stay.REFERRAL}:
                continue
            found = sorted(
                (local_date(event.time), event.data.assessment)
                for event in self.county.told_of(child)
                if isinstance(event.data, AssessmentAuthorised)
                and event.data.outcome is AssessmentOutcome.CHILD_IN_NEED
            )
            for spell in child.spells:
                until = spell.last or LAST
                if until >= _TOLD_FROM and spell.first <= LAST:
                    here = [each for each in found if spell.first <= each[0] <= min(until, LAST)]
                    yield Case(child, place[child.team], spell, here)

    # --- who has a plan -----------------------------------------------------------------------

    def _who_has_a_plan(self, cases: list[Case]) -> None:
        """As many plans as published; whoever is owed one has it, but for those overdue."""
        over_two_years = [case for case in cases if case.spell.first < _LONG_AGO]
        begun = self._of_january([case for case in cases if case.spell.first >= _LONG_AGO])
        rest = [case for case in cases if case not in begun and case.spell.first >= _LONG_AGO]
        owed = [case for case in rest if case.assessed and case.assessed <= _OWED_BY]
        self.chance.shuffle(owed)
        owed.sort(key=lambda case: case.spell.first < _LATELY)
        overdue = set(owed[: counted("cin_plan_overdue")])
        sure = over_two_years + [case for case in owed if case not in overdue]
        others = [
            case
            for case in rest
            if not (case.assessed and case.assessed <= _OWED_BY) and case.spell.first < _LATELY
        ]
        others.sort(key=lambda case: case.spell.first + timedelta(days=self.chance.randrange(20)))
        many = (whole("cin_review_up_to_date")) - len(begun) - len(sure)
        if not 0 <= many <= len(others):
            raise ValueError(f"{len(sure)} children are owed a plan, {len(others)} may have one")
        for case in sure + printable([*begun, *sure], others, many):
            self._begin_by(case, _LAST_START)

    def _of_january(self, cases: list[Case]) -> set[Case]:
        """The plans that begin in January: in time, late after an assessment, or after a review."""
        started = figure("cin_plan_timely")
        late = counted("cin_plan_late_after_assessment")
        late_after_review = counted("cin_plan_late_after_review")
        days = working_days(_FIRST_START, date(2021, 1, 29))
        late_from, late_to = date(2020, 12, 9), date(2021, 1, 8)
        timely_from, timely_to = date(2020, 12, 22), date(2021, 1, 27)
        begun: set[Case] = set()
        for case in sample(self.chance, _assessed(cases, late_from, late_to), late):
            day, case.assessment = case.assessments[-1]
            due = add_working_days(day, IN_PLACE_WITHIN)
            self._begin(case, [each for each in days if each > due])
            begun.add(case)
        able = [each for each in _assessed(cases, timely_from, timely_to) if each not in begun]
        self.chance.shuffle(able)
        # Whoever was referred too lately for a plan in December has one now.
        able.sort(key=lambda case: case.spell.first < _LATELY)
        for case in able[:_AFTER_ASSESSMENT]:
            day, case.assessment = case.assessments[-1]
            due = add_working_days(day, IN_PLACE_WITHIN)
            self._begin(case, [each for each in days if day <= each <= due])
            begun.add(case)
        others = [
            case
            for case in cases
            if not case.assessments and date(2020, 9, 15) <= case.spell.first <= date(2020, 12, 21)
        ]
        assert started.denominator is not None
        others = sample(self.chance, others, started.denominator - len(begun))
        # The longest in need first: whose plan is late was reviewed weeks ago.
        for number, case in enumerate(sorted(others, key=lambda case: case.spell.first)):
            self._begin(case, days)
            self._after_review(case, late=number < late_after_review)
            begun.add(case)
        return begun

    def _begin(self, case: Case, days: list[date]) -> None:
        case.plan = self.county.key("n")
        case.began = self.chance.choice(days)

    def _after_review(self, case: Case, late: bool) -> None:
        """The review of a protection plan or of care, elsewhere perhaps, that led to the plan."""
        back = case.start - timedelta(days=self.chance.randint(22, 30) if late else 9)
        day = some_day(back, back if late else case.start, self.chance)
        case.reviewed = max(day, case.spell.first)

    def _begin_by(self, case: Case, latest: date) -> None:
        """After the assessment, where it came soon; where it did not, the plan did not wait."""
        day, since = case.assessed, case.spell.first
        if day and day <= latest and (day - since).days <= _SOON:
            due = add_working_days(day, IN_PLACE_WITHIN)
            began = some_day(day, due, self.chance)
            if self.chance.randrange(100) < _LATE_PLANS:
                began = some_day(due + timedelta(days=1), due + timedelta(days=9), self.chance)
            self._begin(case, [min(began, latest)])
            case.assessment = case.assessments[-1][1]
            return
        first, last = (min(since + timedelta(days=days), latest) for days in (8, 35))
        self._begin(case, [some_day(first, last, self.chance)])
        self._after_review(case, late=self.chance.randrange(100) < _LATE_PLANS)

    def _for_short_breaks(self, planned: list[Case]) -> None:
        """Some disabled children's plans are for short breaks alone; none of more than two years,
        which are counted."""
        disabled = [case for case in planned if case.locality == "DCYPS"]
        year, two_years = add_months(LAST, -12), add_months(LAST, -24)
        longer = [case for case in disabled if two_years < case.spell.first < year]
        shorter = [case for case in disabled if case.spell.first > year]
        for able, many in zip((longer, shorter), _SHORT_BREAKS, strict=True):
            for case in sample(self.chance, able, min(many, len(able))):
                case.short_breaks = True

    def _ended_plans(self, cases: list[Case]) -> list[Case]:
        """Give those a plan whose referral lasted; of those of January as many as published, which
        are handed back."""
        january, before = [], []
        for case in cases:
            assert case.spell.last is not None
            lasted = (case.spell.last - case.spell.first).days
            if case.spell.last < JANUARY and lasted >= _LASTED:
                before.append(case)
            elif case.spell.last >= JANUARY and lasted >= _LASTED // 2:
                january.append(case)
        of_january = sample(self.chance, january, _ended_in_january())
        for case in of_january + before:
            assert case.spell.last is not None
            self._begin_by(case, min(case.spell.last - timedelta(days=7), _LAST_START))
            if case.spell.last < JANUARY and self.chance.random() < 0.75:
                self.reviews.usual(case, case.spell.last)
        return of_january

    # --- told ---------------------------------------------------------------------------------

    def _tell(self, case: Case) -> None:
        self.tell(
            case.child,
            ChildInNeedPlanStarted,
            case.start,
            (15.6, 16.6),
            plan=case.plan,
            assessment=case.assessment,
            reviewed=case.reviewed,
            short_breaks=case.short_breaks,
        )
        for day in sorted(set(case.reviews)):
            self._say_reviewed(case, day)

    def _say_reviewed(self, case: Case, day: date) -> None:
        self.tell(case.child, ChildInNeedPlanReviewed, day, (10, 16), plan=case.plan)

    def _tell_ends(self, of_january: list[Case], ended: list[Case]) -> None:
        """Each plan ends with its referral; some children are stepped down to early help."""
        stepped_down = {
            StepDown.FAMILY_SUPPORT_TEAM: counted("step_down_fst"),
            StepDown.CHILDREN_AND_FAMILY_CENTRE: counted("step_down_cfc"),
            StepDown.SCHOOL: counted("step_down_school"),
        }
        in_all = counted("step_down")
        stepped_down[StepDown.OTHER_EARLY_HELP] = in_all - sum(stepped_down.values())
        counts = {where.value: many for where, many in stepped_down.items()}
        counts[""] = len(of_january) - in_all
        destinations = dict(zip(of_january, deal(counts, self.chance), strict=True))
        for case in ended:
            last = case.spell.last
            assert last is not None
            where = destinations.get(case, "")
            told = last < JANUARY or last >= FEBRUARY
            if told and last >= _STEPPED_DOWN_FROM and self.chance.random() < 0.1:
                where = self.chance.choice(list(StepDown)).value
            step_down = StepDown(where) if where else None
            said = {"plan": case.plan, "step_down": step_down}
            self.tell(case.child, ChildInNeedPlanEnded, last, 17.5, **said)

    def _february(self, now: list[Case]) -> None:
        """Plans and reviews of February."""
        days = working_days(FEBRUARY, date(2021, 3, 5))
        for case in now:
            if case.spell.last is None and self.chance.random() < 0.15:
                if case.began is None:
                    self._begin(case, days)
                    self._after_review(case, late=False)
                    self._tell(case)
                else:
                    self._say_reviewed(case, self.chance.choice(days))


def _assessed(cases: list[Case], first: date, last: date) -> list[Case]:
    """Those whose only assessment that found them in need is of these days."""
    return [
        case
        for case in cases
        if len(case.assessments) == 1 and first <= case.assessments[0][0] <= last
    ]


def _ended_in_january() -> int:
    """How many plans ended in January: so many that those stepped down are the percentage that is
    published. 174 began, and 26 of 174 are 15%."""
    step_down = figure("step_down")
    many = whole("cin_plan_timely")
    assert rounded(step_down.numerator or 0, many) == int(step_down.published.rstrip("%"))
    return many
